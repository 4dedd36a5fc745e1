-- The custom sections that describe more than they link: name, producers, target_features.

local function described()
  local o = object "a.o"
  o:func("f", { sig = "->", code = "nop" })
  o:func("g", { sig = "->", code = "nop" })
  o:names { functions = true, module = "m" }
  o:producers { { "language", "C11", "1" }, { "processed-by", "clang", "19" } }
  o:features { "+multivalue", "+sign-ext" }
  return { "--no-entry", "--export=f", "--export=g", o }
end

local function refused(id, field, offset, message)
  return { rejects { id = id, phase = "read", class = "malformed", file = "a.o",
    field = field, offset = offset, message = message } }
end

-- name --------------------------------------------------------------------------------------------

case "function-name-twice" {
  title = "two names of one function are refused",
  clauses = { "name.functions" },
  link = described,
  mutate = { file = "a.o", at = "name.functions[1].index", to = 0 },
  expect = refused("NAME_ORDER", "function name index", "name.functions[1].index"),
}

case "function-names-twice" {
  title = "a second list of names of the same functions is refused",
  clauses = { "name.functions" },
  link = described,
  mutate = function(files) files["a.o"]:duplicate("name.functions") end,
  expect = refused("SUBSECTION_TWICE", "name sub-section id", "name.functions#1.type"),
}

case "function-name-order" {
  title = "names of functions that are not in the order of their indices are refused",
  clauses = { "name.functions" },
  link = described,
  mutate = function(files) files["a.o"]:move("name.functions[1]", "name.functions[0]") end,
  expect = refused("NAME_ORDER", "function name index", "name.functions[1].index"),
}

case "function-name-index" {
  title = "the name of a function that is not there is refused",
  clauses = { "name.functions" },
  link = described,
  mutate = { file = "a.o", at = "name.functions[1].index", to = 2 },
  expect = refused("INDEX_RANGE", "function name index", "name.functions[1].index",
    "there are 2$"),
}

case "function-name-empty" {
  title = "an empty name of a function is refused",
  clauses = { "name.functions" },
  link = described,
  mutate = { file = "a.o", at = "name.functions[1].name.bytes", to = "" },
  expect = refused("NAME_EMPTY", "function name", "name.functions[1].name"),
}

case "name-part-too-long" {
  title = "a sub-section of names that runs past the section is refused",
  clauses = { "name.functions" },
  link = described,
  mutate = { file = "a.o", at = "name.functions.size", to = 0x7f },
  expect = refused("TRUNCATED", "name sub-section", "name.functions.count"),
}

case "name-part-leftover" {
  title = "bytes behind the names of a sub-section are refused",
  clauses = { "name.functions" },
  link = described,
  mutate = { file = "a.o", at = "name.functions.count", to = 1 },
  expect = { rejects { id = "SECTION_LEFTOVER", phase = "read", class = "malformed",
    file = "a.o", offset = "name.functions[1].index" } },
}

-- producers ---------------------------------------------------------------------------------------

case "producers-field-unknown" {
  title = "a field of producers that the convention does not have is refused",
  clauses = { "producers.field.known" },
  link = described,
  mutate = { file = "a.o", at = "producers.fields[0].name.bytes", to = "linguage" },
  expect = refused("PRODUCERS_FIELD", "producers field name", "producers.fields[0].name",
    "is not known"),
}

case "producers-field-twice" {
  title = "a field of producers that comes twice is refused",
  clauses = { "producers.field.known" },
  link = described,
  mutate = function(files) files["a.o"]:duplicate("producers.fields[0]") end,
  expect = refused("PRODUCERS_FIELD", "producers field name", "producers.fields[1].name",
    "appears twice"),
}

case "producers-value-twice" {
  title = "a tool that a field of producers names twice is refused",
  clauses = { "producers.value.unique" },
  link = described,
  mutate = function(files) files["a.o"]:duplicate("producers.fields[1].values[0]") end,
  expect = refused("PRODUCER_TWICE", "producer name", "producers.fields[1].values[1].name"),
}

case "producers-twice" {
  title = "a second section of producers is refused",
  clauses = { "producers.once" },
  link = described,
  mutate = function(files) files["a.o"]:duplicate("producers") end,
  expect = refused("SECTION_ORDER", "section id"),
}

case "producers-value-cut-off" {
  title = "a producer whose version runs past the section is refused",
  clauses = { "producers.end" },
  link = described,
  mutate = { file = "a.o", at = "producers.fields[1].values[0].version.len", to = 0x7f },
  expect = refused("TRUNCATED", "producer version",
    "producers.fields[1].values[0].version.bytes"),
}

case "producers-value-missing" {
  title = "a field of producers with fewer values than it counts is refused",
  clauses = { "producers.field" },
  link = described,
  mutate = { file = "a.o", remove = "producers.fields[1].values[0].version" },
  expect = refused("LEB_TRUNCATED", "producer version"),
}

-- target_features ---------------------------------------------------------------------------------

case "feature-prefix" {
  title = "a feature with an unknown prefix is refused",
  clauses = { "features.prefix" },
  link = described,
  mutate = { file = "a.o", at = "target_features.features[1].prefix", to = "?" },
  expect = refused("FEATURE_PREFIX", "feature prefix", "target_features.features[1].prefix"),
}

case "feature-twice" {
  title = "a feature that comes twice is refused",
  clauses = { "features.unique" },
  link = described,
  mutate = function(files) files["a.o"]:duplicate("target_features.features[1]") end,
  expect = refused("FEATURE_TWICE", "feature name", "target_features.features[2].name"),
}

case "features-leftover" {
  title = "features behind their count are refused",
  clauses = { "container.section.size" },
  link = described,
  mutate = { file = "a.o", at = "target_features.features.count", to = 1 },
  expect = refused("SECTION_LEFTOVER", "section", "target_features.features[1].prefix"),
}
