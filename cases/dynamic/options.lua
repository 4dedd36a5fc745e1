-- Options of modules for a loader: which do not go together, and what the user is warned of.

local function linking(...)
  local options = { ... }
  return function()
    local list, o = { table.unpack(options) }, object "a.o"
    o:func("f", { sig = "-> i32", export = "f", code = "i32.const 1" })
    list[#list + 1] = o
    return list
  end
end

local MODES = { shared = "-shared", pie = "-pie" }

for mode, option in pairs(MODES) do
  for name, other in pairs { relocatable = "-r", ["export-table"] = "--export-table",
    ["global-base"] = "--global-base=4096", ["table-base"] = "--table-base=4" } do
    case(("%s-and-%s"):format(mode, name)) {
      title = ("%s does not go with %s"):format(option, other),
      clauses = { "option.shared-options", "option.conflict" },
      link = linking("--experimental-pic", "--no-entry", option, other),
      expect = { rejects {} },
    }
  end
  case(mode .. "-alone") {
    title = option .. " alone is an option",
    clauses = { "option.shared-options", "dylink.section" },
    link = linking("--experimental-pic", "--no-entry", option),
    expect = { dylink { memory_size = 0 }, returns("f", {}, 1) },
  }
  case(mode .. "-warning") {
    title = option .. ": the user is told that such modules may still change",
    clauses = { "option.experimental-pic" },
    link = linking("--no-entry", option),
    expect = { warns { message = option .. ".*not yet stable" }, returns("f", {}, 1) },
  }
  case(mode .. "-no-warning") {
    title = option .. " --experimental-pic: the user knows",
    clauses = { "option.experimental-pic" },
    link = linking("--no-entry", "--experimental-pic", option),
    expect = { no_warnings(), exports { f = "function" } },
  }
  case(mode .. "-warning-fatal") {
    title = option .. " --fatal-warnings: the warning is an error",
    clauses = { "option.experimental-pic", "option.fatal-warnings" },
    link = linking("--no-entry", "--fatal-warnings", option),
    expect = { rejects { message = "not yet stable" } },
  }
end

case "shared-and-pie" {
  title = "a module is a library or a program",
  clauses = { "option.shared-options", "option.conflict" },
  link = linking("--experimental-pic", "--no-entry", "-shared", "-pie"),
  expect = { rejects {} },
}

case "no-pie" {
  title = "the last of -pie and --no-pie counts",
  clauses = { "option.shared-options", "dylink.section" },
  link = linking("--experimental-pic", "--no-entry", "-pie", "--no-pie"),
  expect = { not_dynamic(), no_import(), no_warnings(), returns("f", {}, 1) },
}

case "shared-and-export-memory" {
  title = "a library has no memory to export",
  clauses = { "option.shared-options", "shared.memory" },
  link = linking("--experimental-pic", "-shared", "--export-memory"),
  expect = { rejects {} },
}

case "pie-and-export-memory" {
  title = "a program that is moved has",
  clauses = { "option.shared-options", "pie.memory" },
  link = linking("--experimental-pic", "--no-entry", "-pie", "--export-memory=mine"),
  expect = { exports { mine = "memory" } },
}

case "import-dynamic-warning" {
  title = "--unresolved-symbols=import-dynamic: the user is told that this may still change",
  clauses = { "option.experimental-pic", "undefined.policy.import-dynamic" },
  link = linking("--no-entry", "--unresolved-symbols=import-dynamic"),
  expect = { warns { message = "dynamic imports are not yet stable" }, returns("f", {}, 1) },
}

case "symbolic-of-a-program" {
  title = "-Bsymbolic means nothing where no other module can replace anything: a warning",
  clauses = { "shared.symbolic", "option.experimental-pic" },
  link = linking("--experimental-pic", "--no-entry", "-pie", "-Bsymbolic"),
  expect = { warns { message = "Bsymbolic" }, returns("f", {}, 1) },
}

case "symbolic-of-a-library" {
  title = "for a library there is none",
  clauses = { "shared.symbolic" },
  link = linking("--experimental-pic", "-shared", "-Bsymbolic"),
  expect = { no_warnings(), exports { f = "function" } },
}
