-- tree_nodes.lua: what the trees of bytes.lua are made of.
--
-- Takes: names, numbers, strings, other nodes.  Gives: nodes.
-- Rule of thumb: what is known when it is written down is one leaf of bytes; the nodes that it
-- stands for are made when somebody looks into it, which few ever do.
--
-- leaf:  { name, data = string, enc?, width? }
-- computed leaf: a leaf with calc = { what, of?, base?, plus? }; what is one of
--   "rest"    bytes of the siblings behind it         "items"  entries of `of` or of its group
--   "size"    bytes of node `of`                      "offset" start of `of` - start of `base`
--   "section" how many sections stand before `of` "odd"    1 if the size of `of` is odd
-- group: { name, kids = {...} }; a node with item = true is an entry, addressed by index.
-- folded group: a leaf until a path leads into it; then it gets its kids from what it has of
--   fields = { name, enc, value, ... } (a record), text (a string), or made (a group to copy).
-- named: somebody refers to the node.  To such, and to all once a path is looked up, the layout
-- adds parent, behind (bytes of the file behind it) and size.  What is in no tree has no parent.

local encode = require "encode"

local nodes = {}

encode.library()
local fail = encode.fail
local ENCODE = encode.by_name

local Node = {}
Node.__index = Node

local function node(fields) return setmetatable(fields, Node) end

function nodes.is_node(value) return getmetatable(value) == Node end

-- A named number in encoding `enc` ("uleb", "u32", ...), padded to `width` if given.
function nodes.field(name, enc, value, width)
  local writer = ENCODE[enc] or fail("field: unknown encoding " .. tostring(enc))
  return node { name = name, enc = enc, width = width, data = writer(value, width) }
end

-- A named run of bytes.
function nodes.raw(name, data) return node { name = name, data = data } end

-- A named list of nodes.
function nodes.group(name, kids) return node { name = name, kids = kids } end

-- What a field of a record may be besides a number: a string, bytes, or a record.
local WRITE = setmetatable({ string = encode.name, raw = function(value) return value end,
  record = function(n) return n.data end }, { __index = ENCODE })

-- A group of fields whose values are known: name, encoding, value, name, encoding, value, ...
function nodes.record(name, fields)
  local parts, count = {}, 0
  for i = 1, #fields, 3 do
    count = count + 1
    parts[count] = WRITE[fields[i + 1]](fields[i + 2])
  end
  return node { name = name, data = table.concat(parts), fields = fields }
end

-- Marks a node as the next entry of a vector; returns it.
function nodes.item(entry)
  entry.item = true
  return entry
end

-- Marks a node that somebody will refer to; returns it.
function nodes.named(n)
  n.named = true
  return n
end

-- A number worked out from the tree (see "calc" above).
function nodes.computed(name, enc, calc, width)
  if calc.of then calc.of.named = true end
  if calc.base then calc.base.named = true end
  return node { name = name, enc = enc, width = width, calc = calc,
    data = ENCODE[enc](0, width) }
end

-- A group whose first field "count" (uleb) counts the entries.
function nodes.vector(name, entries)
  local kids = { nodes.computed("count", "uleb", { what = "items" }) }
  for _, entry in ipairs(entries) do kids[#kids + 1] = nodes.item(entry) end
  return nodes.group(name, kids)
end

-- A length-prefixed string: fields "len" and "bytes".
function nodes.string(name, text)
  return node { name = name, data = encode.name(text), text = text }
end

-- Calls visit(node) for a node and all below it, which visit may make.
function nodes.walk(n, visit)
  visit(n)
  for _, kid in ipairs(n.kids or {}) do nodes.walk(kid, visit) end
end

-- A copy of a node, in no tree; references inside it point into the copy.
function nodes.copy(n)
  local made = {}
  nodes.walk(n, function(kid)
    local new = {}
    for k, v in pairs(kid) do new[k] = v end
    new.parent = nil
    made[kid] = node(new)
  end)
  for old, new in pairs(made) do
    if old.kids then
      new.kids = {}
      for i, kid in ipairs(old.kids) do new.kids[i] = made[kid] end
    end
    if old.calc then
      new.calc = { what = old.calc.what, plus = old.calc.plus }
      new.calc.of = made[old.calc.of] or old.calc.of
      new.calc.base = made[old.calc.base] or old.calc.base
    end
  end
  return made[n]
end

-- A leaf of the bytes of a group, that becomes a copy of it when it is looked into.
function nodes.folded(group, data) return node { name = group.name, data = data, made = group } end

local function kids_of_record(fields)
  local kids = {}
  for i = 1, #fields, 3 do
    local name, enc, value = fields[i], fields[i + 1], fields[i + 2]
    kids[#kids + 1] = enc == "string" and nodes.string(name, value)
      or enc == "raw" and nodes.raw(name, value) or enc == "record" and nodes.copy(value)
      or nodes.field(name, enc, value)
  end
  return kids
end

-- Gives a folded group its kids; whether that was still to be done.
function nodes.unfold(n)
  if n.text then
    n.kids = { nodes.computed("len", "uleb", { what = "rest" }), nodes.raw("bytes", n.text) }
  elseif n.fields then
    n.kids = kids_of_record(n.fields)
  elseif n.made then
    n.kids = nodes.copy(n.made).kids
  else
    return false
  end
  n.data, n.text, n.fields, n.made = nil, nil, nil, nil
  return true
end

-- Writes a number into the leaf of one; whether it has another size now.
function nodes.show(n, value)
  local data, size = ENCODE[n.enc](value, n.width), #n.data
  n.data = data
  return #data ~= size
end

return nodes
