-- random/build.lua: a plan (plan.lua) as files and a command line.
--
-- Takes: a plan, or one of which parts were taken away.  Gives: a link request.
-- Rule of thumb: a reference to an item that is gone is left out, so any plan can be built.

local object = require "object"
local archive = require "archive"
local library = require "library"

-- form -> an entry of code; const is the instruction that pushes an address.
local INSTRUCTIONS = {
  call = function(h) return { "call", h } end,
  slot = function(h, _, const) return { const, object.slot(h) } end,
  slot_rel = function(h, _, const) return { const, object.slot_rel(h) } end,
  got = function(h) return { "global.get", object.got(h) } end,
  addr = function(h, add, const) return { const, object.addr(h, add) } end,
  load = function(h, add) return { "i32.load", object.addr(h, add < 0 and 0 or add) } end,
  addr_rel = function(h, add, const) return { const, object.addr_rel(h, add) } end,
  addr_tls = function(h, add, const) return { const, object.addr_tls(h, add) } end,
  glob = function(h) return { "global.get", h } end,
  set = function(h) return { "global.set", h } end,
  tag = function(h) return { "throw", h } end,
  tbl = function(h) return { "table.size", h } end,
}

local function code_of(item, state)
  local code, const = {}, state.is64 and "i64.const" or "i32.const"
  for _, r in ipairs(item.code) do
    if r.form == "indirect" then
      code[#code + 1] = { "call_indirect", r.sig }
    elseif state.handles[r.to] then
      code[#code + 1] = INSTRUCTIONS[r.form](state.handles[r.to], r.addend,
        r.wide and "i64.const" or const)
    end
  end
  return code
end

local function fill_pieces(item, handles, pieces)
  for _, piece in ipairs(item.pieces) do
    if piece.text then
      pieces[#pieces + 1] = piece.text
    elseif handles[piece.to] then
      pieces[#pieces + 1] = object[piece.form](handles[piece.to], piece.addend)
    end
  end
end

local function length(item, handles)
  local n = 0
  for _, piece in ipairs(item.pieces) do
    local there = piece.text or handles[piece.to]
    n = n + (not there and 0 or piece.text and #piece.text or piece.form:find "64" and 8 or 4)
  end
  return n
end

local SHARED = { "weak", "static", "hidden", "exported", "no_strip", "undefined", "import_module",
  "import_name", "export", "absolute", "tls", "passive", "type", "mutable", "min", "max", "sig",
  "offset", "size", "align" }

local function options_of(item, state)
  local opts = {}
  for _, key in ipairs(SHARED) do opts[key] = item[key] end
  if item.comdat then
    state.comdats[item.comdat] = state.comdats[item.comdat] or state.object:comdat(item.comdat)
    opts.comdat = state.comdats[item.comdat]
  end
  return opts
end

local declare = {}

function declare.func(o, item, opts)
  if not item.undefined then opts.code = {} end
  return o:func(item.name, opts)
end

function declare.data(o, item, opts, state)
  if item.pieces and not item.undefined then
    opts.bytes, opts.segment_name = {}, item.segment
    local flags = (item.segment_flags or 0) | (item.retain and 4 or 0)
    opts.segment_flags = flags ~= 0 and flags or nil
    opts.size = 0
    state.later[#state.later + 1] = { item = item, pieces = opts.bytes, data = true }
  end
  return o:data(item.name, opts)
end

function declare.global(o, item, opts) return o:global(item.name, opts) end
function declare.table(o, item, opts) return o:table(item.name, opts) end
function declare.tag(o, item, opts) return o:tag(item.name, opts) end

function declare.alias(o, item, opts, state)
  local of = state.handles[item.of]
  if not of then return nil end
  if item.of_kind ~= "data" then opts.offset, opts.size = nil, nil end
  local alias = o:alias(item.name, of, opts)
  if item.of_kind == "data" then
    state.aliases[#state.aliases + 1] = { place = alias.place, of = of.place }
  end
  return alias
end

function declare.custom(o, item, opts, state)
  local pieces = {}
  local custom = o:custom(item.name, { bytes = pieces, comdat = opts.comdat })
  state.later[#state.later + 1] = { item = item, pieces = pieces }
  return o:section_symbol(custom)
end

function declare.features(o, item) o:features(item.list) end
function declare.producers(o, item) o:producers(item.list) end

local function build_object(spec, is64)
  local o = object.object(spec.name, { table = spec.legacy_table and "legacy" or nil,
    memory64 = is64 })
  local state = { object = o, is64 = is64, handles = {}, comdats = {}, later = {}, aliases = {} }
  local handles, names = state.handles, {}
  for _, item in ipairs(spec.items) do
    local handle = declare[item.kind](o, item, options_of(item, state), state)
    if item.id then handles[item.id] = handle end
    if item.debug_name and handle then names[#names + 1] = { handle, item.debug_name } end
  end
  for _, item in ipairs(spec.items) do
    if item.kind == "func" and not item.undefined then
      o:code(handles[item.id], code_of(item, state))
    end
  end
  for _, later in ipairs(state.later) do
    fill_pieces(later.item, handles, later.pieces)
    if later.data then handles[later.item.id].place.size = length(later.item, handles) end
  end
  for _, alias in ipairs(state.aliases) do
    alias.place.offset = math.min(alias.place.offset, alias.of.size)
    alias.place.size = alias.of.size - alias.place.offset
  end
  for _, init in ipairs(spec.inits) do
    if handles[init.to] then o:init(handles[init.to], init.priority) end
  end
  if #names > 0 then o:names { functions = names } end
  return o
end

local CODE = { i32 = "i32.const 0", i64 = "i64.const 0", f64 = "f64.const 0" }

local exported = {}

function exported.func(l, item)
  local result = item.sig:match("-> *(%w+)")
  l:exported(item.name, { sig = item.sig, code = result and CODE[result] or {} })
end

function exported.data(l, item) l:address(item.name, item.value, { tls = item.tls }) end

function exported.global(l, item)
  l:export(item.name, l:global(item.name, { type = item.type, mutable = item.mutable,
    init = CODE[item.type] }))
end

function exported.tag(l, item) l:export(item.name, l:tag(item.name, { sig = item.sig })) end

local function build_library(spec, is64)
  local l = library.library(spec.name, { wasm64 = is64, memory_size = 16, memory_align = 2 })
  for _, item in ipairs(spec.items) do
    exported[item.kind](l, item)
    if item.flags and not item.tls then l:export_info(item.name, item.flags) end
  end
  if spec.needs then l:needs(spec.needs) end
  return l
end

local function add_input(argv, files, input, objects)
  local members = {}
  for _, name in ipairs(input.members) do members[#members + 1] = objects[name] end
  if #members == 0 then return end
  if input.kind ~= "archive" or input.format == "thin" then
    for _, o in ipairs(members) do files[o.name] = o:bytes() end
  end
  if input.kind == "lib" then argv[#argv + 1] = "--start-lib" end
  if input.kind == "archive" then
    files[input.name] = archive(input.name, members, { format = input.format,
      index = input.index }):bytes()
    if input.whole then argv[#argv + 1] = "--whole-archive" end
    argv[#argv + 1] = input.name
    if input.whole then argv[#argv + 1] = "--no-whole-archive" end
  else
    for _, o in ipairs(members) do argv[#argv + 1] = o.name end
  end
  if input.kind == "lib" then argv[#argv + 1] = "--end-lib" end
end

local NAMES = "f1\nf3 # a comment\n\nd2\ng1\n__wrap_f1\n" -- for --allow-undefined-file

-- The link request of a plan: { argv, files = { name = bytes } }.
return function(p)
  local argv = p.is64 and { "-mwasm64" } or {}
  local objects, files = {}, { ["names.txt"] = NAMES }
  for _, spec in ipairs(p.objects) do objects[spec.name] = build_object(spec, p.is64) end
  for _, spec in ipairs(p.libraries) do objects[spec.name] = build_library(spec, p.is64) end
  for _, option in ipairs(p.options) do
    for _, word in ipairs(option) do argv[#argv + 1] = word end
  end
  for _, input in ipairs(p.inputs) do add_input(argv, files, input, objects) end
  return { argv = argv, files = files }
end
