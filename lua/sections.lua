-- sections.lua: an object's declarations to the tree of its sections.
--
-- Takes: the object of object.lua (lists of entities, segments, symbols, ...).  Gives: a tree.
-- Rule of thumb: code is assembled first, which finds what it needs (table slots, GOT imports,
-- types); then everything gets its index; then the operands get theirs.  What clang writes is the
-- default, section by section.

local B = require "bytes"
local asm = require "asm"

B.library()
local fail = B.fail

local sections = {}

local EXTERNAL = { ["function"] = 0, table = 1, memory = 2, global = 3, tag = 4 }
local SYMBOL = { ["function"] = 0, data = 1, global = 2, section = 3, tag = 4, table = 5 }
local COMDAT = { data = 0, ["function"] = 1, global = 2, tag = 3, table = 4, section = 5 }
local PAGE = 65536

-- Section and entry helpers ------------------------------------------------------------------

-- A section node: id, size, (name of a custom section), fields.
function sections.section(path, id, kids, size_width, name)
  local all = { B.field("id", "u8", id), B.computed("size", "uleb", { what = "rest" }, size_width) }
  if id == 0 then all[3] = B.string("name", name or path) end
  for _, kid in ipairs(kids) do all[#all + 1] = kid end
  local made = B.group(path, all)
  made.section = true
  return made
end

function sections.header(magic, version)
  return B.group("header", {
    B.raw("magic", magic or "\0asm"),
    type(version) == "string" and B.raw("version", version)
      or B.field("version", "u32", version or 1),
  })
end

local function extend(list, more)
  return table.move(more, 1, #more, #list + 1, list)
end

local function limits(l)
  local flags = l.limits_flags
    or (l.max and 1 or 0) | (l.shared and 2 or 0) | (l.is64 and 4 or 0) | (l.page_size and 8 or 0)
  local fields = { "flags", "u8", flags, "min", "uleb", l.min or 0 }
  if l.max then extend(fields, { "max", "uleb", l.max }) end
  if l.page_size then extend(fields, { "page_size", "uleb", l.page_size }) end
  return B.record("limits", fields)
end

-- The fields of what is of a type, by its kind.
local TYPE = {
  ["function"] = function(e) return { "type", "uleb", e.sig.index } end,
  table = function(t)
    return { "type", "raw", asm.valtype(t.type or "funcref"), "limits", "record", limits(t) }
  end,
  memory = function(m) return { "limits", "record", limits(m) } end,
  global = function(g)
    return { "type", "raw", asm.valtype(g.type or "i32"), "mutable", "u8", g.mutable and 1 or 0 }
  end,
  tag = function(t) return { "attribute", "u8", 0, "type", "uleb", t.sig.index } end,
}

-- Numbering -----------------------------------------------------------------------------------

-- Imports first, then definitions, each in order of declaration; sets entity.index.
local function number_entities(o, imports)
  local next_index = {}
  local function give(e)
    e.index = next_index[e.kind] or 0
    next_index[e.kind] = e.index + 1
  end
  for _, e in ipairs(imports) do give(e) end
  for _, e in ipairs(o.entities) do if not e.imported then give(e) end end
  for i, t in ipairs(o.types) do t.index = i - 1 end
  local index = 0
  for _, s in ipairs(o.symbols) do
    s.symbol_index = index
    index = index + 1
  end
end

local function place_segments(o)
  local address = 0
  for i, seg in ipairs(o.segments) do
    local align = 1 << (seg.align or 0)
    address = (address + align - 1) // align * align
    seg.index, seg.address = i - 1, address
    address = address + seg.length
  end
  return address
end

local function imports_of(o, needs, total)
  local list = {}
  if o.memory_import then
    local m = { kind = "memory", module = "env", field = "__linear_memory",
      min = (total + PAGE - 1) // PAGE, is64 = o.opts.memory64, index = 0 }
    for k, v in pairs(o.memory_import) do m[k] = v end
    list[1] = m
  end
  for _, e in ipairs(o.entities) do if e.imported then list[#list + 1] = e end end
  for _, got in ipairs(needs.got_list) do list[#list + 1] = got end
  return list
end

-- Context for the assembler ---------------------------------------------------------------------

local function address_of(sym)
  local place = sym.place
  if not place or sym.undefined then return nil end
  if not place.segment then return place.offset end
  return place.segment.address + place.offset
end

local function value_of(o, needs, op)
  local sym = op.sym
  if type(sym) == "table" and sym.owner ~= o then
    fail(("%s(...): '%s' is no handle of %s"):format(op.form, tostring(sym.name), o.name))
  end
  if op.form == "typ" then return o:type(sym).index or 0 end
  if math.type(sym) == "integer" then return sym end
  if op.form == "slot" then return needs:slot(sym) end
  if op.form == "slot_rel" then return needs:slot(sym) - 1 end
  if op.form == "got" then return needs:got(sym) end
  if op.form:match("^addr") then
    local address = address_of(sym)
    if not address then return 0 end
    return address + (op.addend or 0)
  end
  if op.form:match("offset$") then return op.addend or 0 end
  return sym.entity and sym.entity.index or 0
end

local function new_needs(o)
  local needs = { slots = {}, slot_of = {}, got_list = {}, got_of = {} }
  function needs:slot(sym)
    local e = sym.entity or fail(("slot: %s is no function"):format(sym.name))
    if not self.slot_of[e] then
      self.slots[#self.slots + 1] = e
      self.slot_of[e] = #self.slots
    end
    return self.slot_of[e]
  end
  function needs:got(sym)
    if not self.got_of[sym] then
      local e = { kind = "global", imported = true, field = sym.name, mutable = true,
        module = sym.kind == "function" and "GOT.func" or "GOT.mem",
        type = o.opts.memory64 and "i64" or "i32", index = 0 }
      self.got_of[sym] = e
      self.got_list[#self.got_list + 1] = e
    end
    return self.got_of[sym].index
  end
  return needs
end

local function context(o, needs, short)
  return {
    relocs = {}, memory64 = o.opts.memory64, short = short,
    value = function(op) return value_of(o, needs, op) end,
    symbol = function(name) return o:symbol(name) end,
    default_table = function()
      needs.table = true
      return o:function_table(false)
    end,
  }
end

-- Everything with bytes that may hold relocations, assembled into chunks of nodes.
local function assemble(o, needs)
  local code, data = context(o, needs), context(o, needs)
  local init = context(o, needs, o.first_section ~= nil)
  local made = { code = code, data = data, customs = {}, bodies = {}, inits = {}, offsets = {},
    segments = {}, contexts = { code, data, init } }
  for _, e in ipairs(o.entities) do
    B.at_line(e.where, function()
      if e.kind == "function" and not e.imported then
        code.short = e.short
        made.bodies[e] = o:body_of(e, code)
      elseif e.kind == "global" and not e.imported then
        made.inits[e] = asm.code(e.init or { (e.type or "i32") .. ".const 0" }, init, e.no_end)
      end
    end)
  end
  for _, seg in ipairs(o.segments) do
    B.at_line(seg.where, function()
      made.segments[seg] = asm.data(seg.bytes, data, "bytes")
      seg.length = asm.data_length(seg.bytes)
      if seg.offset then made.offsets[seg] = asm.code(seg.offset, init) end
    end)
  end
  for _, c in ipairs(o.customs) do
    local ctx = context(o, needs)
    B.at_line(c.where, function() made.customs[c] = asm.data(c.bytes, ctx, "bytes") end)
    c.relocs = ctx.relocs
    table.insert(made.contexts, ctx)
  end
  return made
end

-- Sections --------------------------------------------------------------------------------------

local function entries_of(list, name, kids)
  local items = {}
  for i, e in ipairs(list) do items[i] = B.group(name, kids(e)) end
  return items
end

local function records_of(list, name, fields)
  local items = {}
  for i, e in ipairs(list) do items[i] = B.record(name, fields(e)) end
  return items
end

local function of_kind(o, kind)
  local list = {}
  for _, e in ipairs(o.entities) do
    if e.kind == kind and not e.imported then list[#list + 1] = e end
  end
  return list
end

local function type_fields(t)
  if t.raw then return { B.raw("bytes", t.raw) } end
  local function types(name, list)
    local items = {}
    for i, v in ipairs(list) do items[i] = B.raw("type", asm.valtype(v)) end
    return B.vector(name, items)
  end
  return { B.field("form", "u8", 0x60), types("params", t.params), types("results", t.results) }
end

local function import_fields(e)
  return extend({ "module", "string", e.module or "env", "field", "string", e.field,
    "kind", "u8", EXTERNAL[e.kind] }, TYPE[e.kind](e))
end

local function items_group(name, nodes)
  for _, n in ipairs(nodes) do B.item(n) end
  return B.group(name, nodes)
end

-- The declarations of locals: runs of equal ones.
function sections.locals(list)
  local runs = {}
  for _, t in ipairs(list) do
    local last = runs[#runs]
    if type(t) == "table" then
      runs[#runs + 1] = { count = t[1], type = t[2] }
    elseif last and last.type == t then
      last.count = last.count + 1
    else
      runs[#runs + 1] = { count = 1, type = t }
    end
  end
  return B.vector("locals", records_of(runs, "local", function(run)
    return { "count", "uleb", run.count, "type", "raw", asm.valtype(run.type) }
  end))
end

local function function_fields(e, body)
  local kids = { B.computed("size", "uleb", { what = "rest" }) }
  if type(body) == "string" then
    kids[2] = B.raw("body", body)
  else
    kids[2], kids[3] = sections.locals(e.locals), items_group("body", body)
  end
  return kids
end

local function segment_fields(o, seg, made)
  local flags = seg.init_flags or (seg.passive and 1 or 0) | (seg.memory and 2 or 0)
  local kids = { B.field("flags", "uleb", flags) }
  if seg.memory then kids[2] = B.field("memory", "uleb", seg.memory) end
  if not seg.passive then
    local expr = made.offsets[seg]
      or asm.code({ { (o.opts.memory64 and "i64" or "i32") .. ".const", seg.address } }, {})
    kids[#kids + 1] = items_group("offset", expr)
  end
  kids[#kids + 1] = B.computed("size", "uleb", { what = "rest" })
  kids[#kids + 1] = made.segments[seg]
  return kids
end

local function element_fields(o, el)
  local flags = el.flags or (el.passive and 1 or 0) | (el.table and 2 or 0)
  local kids = { B.field("flags", "uleb", flags) }
  if el.table then
    local number = type(el.table) == "table" and el.table.entity.index or el.table
    kids[2] = B.field("table", "uleb", number)
  end
  if not el.passive then
    local ctx = context(o, new_needs(o), o.first_section ~= nil)
    local default = { (o.opts.memory64 and "i64" or "i32") .. ".const 1" }
    kids[#kids + 1] = items_group("offset", asm.code(el.offset or default, ctx))
  end
  if flags & 3 ~= 0 then kids[#kids + 1] = B.field("elemkind", "u8", el.elemkind or 0) end
  local funcs = {}
  for i, f in ipairs(el.funcs) do
    local e = type(f) == "table" and (f.entity or f)
    funcs[i] = B.field("func", "uleb", e and e.index or f)
  end
  kids[#kids + 1] = B.vector("funcs", funcs)
  return kids
end

local function element_list(o, needs)
  local list = {}
  if o.opts.elem ~= false and #needs.slots > 0 then
    local tbl = o:function_table(false)
    local number = type(tbl) == "table" and tbl.entity.index or 0
    list[1] = { funcs = needs.slots, table = number > 0 and number or nil }
  end
  return extend(list, o.elements)
end

local function export_fields(x)
  local what = x.what
  local e = what.entity or what
  return { "name", "string", x.name, "kind", "u8", EXTERNAL[e.kind] or e.kind,
    "index", "uleb", e.index }
end

-- Linking section -------------------------------------------------------------------------------

local function symbol_fields(s)
  local fields = { "kind", "u8", SYMBOL[s.kind], "flags", "uleb", s.flags }
  if s.kind ~= "data" then
    extend(fields, { "index", "uleb", s.entity.index })
    return (not s.undefined or s.flags & 0x40 ~= 0) and extend(fields, { "name", "string", s.name })
      or fields
  end
  extend(fields, { "name", "string", s.name })
  if s.undefined then return fields end
  local place = s.place
  return extend(fields, { "segment", "uleb",
    place.segment_index or place.segment and place.segment.index or 0,
    "offset", "uleb", place.offset, "size", "uleb", place.size })
end

local function symbol_node(s)
  if s.raw then return B.group("symbol", s.raw) end
  if s.kind ~= "section" then return B.record("symbol", symbol_fields(s)) end
  return B.group("symbol", { B.field("kind", "u8", SYMBOL.section),
    B.field("flags", "uleb", s.flags),
    B.computed("section", "uleb", { what = "section", of = s.node_of(s.target) }) })
end

local function subsection(o, name, number, items)
  local kids = { B.field("type", "u8", number),
    B.computed("size", "uleb", { what = "rest" }, o.size_width),
    B.computed("count", "uleb", { what = "items" }) }
  for _, entry in ipairs(items) do kids[#kids + 1] = B.item(entry) end
  return B.group(name, kids)
end

local function comdat_fields(c, node_of)
  local entries = entries_of(c.entries, "entry", function(entry)
    local e = entry.entity
    local index
    if type(e) ~= "table" then
      index = B.field("index", "uleb", e)
    elseif entry.kind == "section" then
      index = B.computed("index", "uleb", { what = "section", of = node_of[e] })
    else
      index = B.field("index", "uleb", e.index)
    end
    return { B.field("kind", "u8", COMDAT[entry.kind] or entry.kind), index }
  end)
  local kids = { B.string("name", c.name), B.field("flags", "uleb", c.flags or 0) }
  return extend(kids, { B.vector("entries", entries) })
end

local SEGMENT_FLAGS = { strings = 1, tls = 2, retain = 4 }

local function segment_flags(flags)
  if type(flags) ~= "table" then return flags or 0 end
  local bits = 0
  for _, f in ipairs(flags) do
    bits = bits | (SEGMENT_FLAGS[f] or fail("unknown segment flag " .. tostring(f)))
  end
  return bits
end

local function linking_section(o, node_of)
  local kids = { B.field("version", "uleb", 2) }
  if #o.symbols > 0 then
    local entries = {}
    for i, s in ipairs(o.symbols) do entries[i] = symbol_node(s) end
    kids[#kids + 1] = subsection(o, "symbols", 8, entries)
  end
  if #o.segments > 0 then
    kids[#kids + 1] = subsection(o, "segments", 5, records_of(o.segments, "segment", function(s)
      return { "name", "string", s.name, "alignment", "uleb", s.align or 0,
        "flags", "uleb", segment_flags(s.flags) }
    end))
  end
  if #o.inits > 0 then
    kids[#kids + 1] = subsection(o, "init_funcs", 6, records_of(o.inits, "init", function(i)
      local sym = type(i.sym) == "table" and i.sym.symbol_index or i.sym
      return { "priority", "uleb", i.priority, "symbol", "uleb", sym }
    end))
  end
  if #o.comdats > 0 then
    kids[#kids + 1] = subsection(o, "comdats", 7, entries_of(o.comdats, "comdat", function(c)
      return comdat_fields(c, node_of)
    end))
  end
  return sections.section("linking", 0, kids, o.size_width)
end

local function reloc_index(o, r)
  if math.type(r.sym) == "integer" then return r.sym end
  if r.type == 6 then return o:type(r.sym).index end
  local sym = type(r.sym) == "string" and o:symbol(r.sym) or r.sym
  if sym.owner ~= o or not sym.symbol_index then
    fail(("a relocation names %s, which has no symbol"):format(tostring(sym.name)))
  end
  return sym.symbol_index
end

-- reloc.NAME: `base` is the node offsets count from.
local function reloc_section(o, name, target, base, relocs)
  local entries = entries_of(relocs, "entry", function(r)
    local kids = { B.field("type", "u8", r.type),
      B.computed("offset", "uleb", { what = "offset", of = r.at, base = base, plus = r.plus }),
      B.field("index", "uleb", reloc_index(o, r)) }
    if r.addend or asm.has_addend(r.type) then
      kids[4] = B.field("addend", "sleb", r.addend or 0)
    end
    return kids
  end)
  return sections.section("reloc." .. name, 0, {
    B.computed("section", "uleb", { what = "section", of = target }),
    B.vector("entries", entries),
  }, o.size_width)
end

-- Metadata sections -----------------------------------------------------------------------------

local function features_section(o)
  local items = {}
  for i, f in ipairs(o.feature_list) do
    items[i] = B.record("feature", { "prefix", "raw", f:sub(1, 1), "name", "string", f:sub(2) })
  end
  return sections.section("target_features", 0, { B.vector("features", items) }, o.size_width)
end

local function producers_section(o)
  local fields, by_name = {}, {}
  for _, p in ipairs(o.producer_list) do
    if not by_name[p[1]] then
      by_name[p[1]] = {}
      fields[#fields + 1] = p[1]
    end
    table.insert(by_name[p[1]], B.record("value", { "name", "string", p[2],
      "version", "string", p[3] or "" }))
  end
  return sections.section("producers", 0, { B.vector("fields",
    entries_of(fields, "field", function(name)
      return { B.string("name", name), B.vector("values", by_name[name]) }
    end)) }, o.size_width)
end

local NAME_KINDS = { { "functions", 1, "function" }, { "globals", 7, "global" },
  { "data", 9, "data" } }

local function name_map(o, which, kind)
  local list = {}
  if which == true then
    local from = kind == "data" and o.segments or o.entities
    for _, e in ipairs(from) do
      if (kind == "data" or e.kind == kind) and e.name then list[#list + 1] = { e, e.name } end
    end
    table.sort(list, function(a, b) return a[1].index < b[1].index end)
    return list
  end
  return which
end

local function name_section(o)
  local kids, names = {}, o.name_list
  if names.module then
    kids[1] = B.group("module", { B.field("type", "u8", 0),
      B.computed("size", "uleb", { what = "rest" }, o.size_width), B.string("name", names.module) })
  end
  for _, kind in ipairs(NAME_KINDS) do
    if names[kind[1]] then
      kids[#kids + 1] = subsection(o, kind[1], kind[2],
        records_of(name_map(o, names[kind[1]], kind[3]), "entry", function(pair)
          local e = type(pair[1]) == "table" and (pair[1].entity or pair[1])
          return { "index", "uleb", e and e.index or pair[1], "name", "string", pair[2] }
        end))
    end
  end
  return sections.section("name", 0, kids, o.size_width)
end

-- The whole file --------------------------------------------------------------------------------

local function plain_sections(o, needs, imports, made, add)
  local function vector(path, id, name, entries)
    if #entries > 0 then return add(path, id, { B.vector(name, entries) }) end
  end
  local function definitions(path, id, name, kind)
    vector(path, id, name, records_of(of_kind(o, kind), name, TYPE[kind]))
  end
  local funcs = of_kind(o, "function")
  vector("type", 1, "types", entries_of(o.types, "types", type_fields))
  vector("import", 2, "imports", records_of(imports, "imports", import_fields))
  definitions("function", 3, "funcs", "function")
  definitions("table", 4, "tables", "table")
  definitions("memory", 5, "memories", "memory")
  definitions("tag", 13, "tags", "tag")
  vector("global", 6, "globals", entries_of(of_kind(o, "global"), "globals", function(g)
    return { B.raw("type", asm.valtype(g.type or "i32")),
      B.field("mutable", "u8", g.mutable and 1 or 0), items_group("init", made.inits[g]) }
  end))
  vector("export", 7, "exports", records_of(o.exports, "exports", export_fields))
  if o.start_func then
    local f = o.start_func
    add("start", 8, { B.field("func", "uleb", type(f) == "table" and f.entity.index or f) })
  end
  vector("elem", 9, "segments", entries_of(element_list(o, needs), "segments", function(el)
    return element_fields(o, el)
  end))
  local code_parts, data_parts = {}, {}
  for i, f in ipairs(funcs) do
    code_parts[i] = B.group("func", function_fields(f, made.bodies[f]))
  end
  for i, seg in ipairs(o.segments) do
    data_parts[i] = B.group("segment", segment_fields(o, seg, made))
  end
  local code, data = B.vector("funcs", code_parts), B.vector("segments", data_parts)
  if #o.segments > 0 and o.opts.datacount ~= false then
    add("datacount", 12, { B.computed("count", "uleb", { what = "items", of = data }) })
  end
  local code_node = #funcs > 0 and add("code", 10, { code })
  local data_node = #o.segments > 0 and add("data", 11, { data })
  return code_node, code, data_node, data
end

-- The tree of object o.
function sections.build(o)
  local needs = new_needs(o)
  o:prepare()
  local made = assemble(o, needs)
  if needs.table or #needs.slots > 0 then o:function_table(true, #needs.slots) end
  local imports = imports_of(o, needs, place_segments(o))
  number_entities(o, imports)
  for _, ctx in ipairs(made.contexts) do asm.settle(ctx) end
  local top, by_path, node_of = { sections.header() }, {}, {}
  local function add(path, id, kids, name)
    local made_section = sections.section(path, id, kids, o.size_width, name)
    top[#top + 1] = made_section
    by_path[path] = by_path[path] or made_section
    return made_section
  end
  if o.first_section then top[2] = o:first_section() end
  local code_node, code, data_node, data = plain_sections(o, needs, imports, made, add)
  for _, c in ipairs(o.customs) do
    node_of[c] = add(c.path or c.name, 0, { made.customs[c] }, c.name)
    if c.before and by_path[c.before] then
      table.remove(top)
      for i, n in ipairs(top) do
        if n == by_path[c.before] then
          table.insert(top, i, node_of[c])
          break
        end
      end
    end
  end
  o.node_of_section = function(target)
    return node_of[target] or by_path[target]
      or fail(("section symbol: there is no section '%s'"):format(tostring(target)))
  end
  if o.opts.linking ~= false then top[#top + 1] = linking_section(o, node_of) end
  local relocated = not o.first_section -- what is no object is applied already
  if relocated and #made.code.relocs > 0 then
    top[#top + 1] = reloc_section(o, "CODE", code_node, code, made.code.relocs)
  end
  if relocated and #made.data.relocs > 0 then
    top[#top + 1] = reloc_section(o, "DATA", data_node, data, made.data.relocs)
  end
  for _, c in ipairs(o.customs) do
    if relocated and #c.relocs > 0 then
      top[#top + 1] = reloc_section(o, c.name, node_of[c], made.customs[c], c.relocs)
    end
  end
  if o.name_list then top[#top + 1] = name_section(o) end
  if o.producer_list then top[#top + 1] = producers_section(o) end
  if o.feature_list then top[#top + 1] = features_section(o) end
  return B.tree(top)
end

return sections
