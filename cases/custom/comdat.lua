-- Custom sections that belong to a COMDAT group: they stay or go with it.

local function member(name, bytes, value)
  local o = object(name)
  local c = o:comdat "group"
  o:func("g", { sig = "-> i32", weak = true, comdat = c, export = "g",
    code = "i32.const " .. value })
  o:custom("mine", { bytes = bytes, comdat = c })
  return o
end

case "section-only" {
  title = "a group may hold nothing but a custom section",
  clauses = { "comdat.first-wins", "comdat.members" },
  link = function()
    local function only(name, bytes)
      local o = object(name)
      o:func(name:sub(1, 1), { sig = "->", no_strip = true, code = "nop" })
      o:custom("mine", { bytes = bytes, comdat = o:comdat "group" })
      return o
    end
    return { "--no-entry", only("a.o", "first"), only("b.o", "second") }
  end,
  expect = { custom("mine", "first") },
}

case "outside-the-group" {
  title = "a section of the same name outside of the group stays",
  clauses = { "comdat.first-wins", "comdat.members" },
  link = function()
    local b = object "b.o"
    b:custom("mine", { bytes = "loser", comdat = b:comdat "group" })
    b:custom("mine", { bytes = "outside", path = "mine-outside" })
    return { "--no-entry", member("a.o", "first", 1), b }
  end,
  expect = { custom("mine", "firstoutside") },
}

case "offset-into-another-part" {
  title = "a group's section that is dropped does not move what follows it",
  clauses = { "comdat.first-wins", "reloc.section-offset-i32" },
  link = function()
    local c = object "c.o"
    local symbol = c:section_symbol(c:custom("mine", { bytes = "third" }))
    c:custom("refer", { bytes = { sec_offset(symbol, 1) } })
    return { "--no-entry", member("a.o", "first", 1), member("b.o", "second", 2), c }
  end,
  expect = { custom("mine", "firstthird"), custom("refer", "\6\0\0\0") },
}
