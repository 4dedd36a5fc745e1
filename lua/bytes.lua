-- bytes.lua: the tree of named byte ranges every built file is; with all of encode.lua,
-- and the makers of nodes of tree_nodes.lua.
--
-- Takes: Lua integers, floats, strings.  Gives: strings of bytes, and trees.
-- Rule of thumb: a file is a tree; a leaf is a few bytes with a name, a group is a named list of
-- nodes.  Sizes and counts are leaves that are worked out when the bytes are asked for, so a
-- change deep inside keeps everything around it right, unless told not to ({ fix = false }).
--
-- Paths.  "linking.symbols[3].flags": names joined by ".", entries of a vector in brackets.
--   Indexes count from 0, as the format does, and count the entries that are there now.
--   Names may hold dots ("reloc.CODE.entries[2].offset"; a custom section ".debug_info" has the
--   path ".debug_info").  The second of two equal names in one group is "code#1", the third "#2".
--   "" is the whole file.
--
-- Tree verbs (all return the tree, so they chain; opts.fix = false leaves sizes, counts and
-- recorded offsets with the bytes they had before the change):
--   tree:set(path, value, opts)   value: bytes, an integer (written in the field's own encoding,
--                                 same width) or a node
--   tree:insert(path, value, opts) before the field at path ("x.list[n]" with n = number of
--                                 entries appends); opts.after puts it behind; opts.name names it
--   tree:remove(path, opts)  tree:duplicate(path, opts)  tree:move(path, before, opts)
--   tree:truncate(path or offset, opts)  the file ends where that field starts (+ opts.keep)
--   tree:freeze(path)             all computed fields below become plain bytes
-- Questions: tree:bytes(), tree:range(path) -> offset, size; tree:get(path) -> bytes;
--   tree:has(path); tree:paths(); tree:at(offset) -> innermost path; tree:dump() -> text

local encode = require "encode"
local nodes = require "tree_nodes"

local bytes = {}
for name, value in pairs(encode) do bytes[name] = value end
for _, name in ipairs { "is_node", "field", "raw", "group", "record", "item", "named", "computed",
  "vector", "string", "folded", "show" } do
  bytes[name] = nodes[name]
end

bytes.library()
local fail = bytes.fail
local ENCODE = encode.by_name
local walk, unfold, show = nodes.walk, nodes.unfold, nodes.show

-- Layout ------------------------------------------------------------------------------------

-- Adds the bytes of all leaves to a list.
local function gather(n, parts)
  if n.data then parts[#parts + 1] = n.data end
  for _, kid in ipairs(n.kids or {}) do gather(kid, parts) end
end

local function count_items(group)
  local count = 0
  for _, kid in ipairs(group.kids or {}) do count = count + (kid.item and 1 or 0) end
  return count
end

-- Lays out all below a group that has so many bytes of the file behind it; the bytes behind its
-- start.  From behind, so that a leaf that counts what stands behind it finds that measured.
local function measure(group, behind, layout)
  local kids, leaves, start = group.kids, layout.leaves, behind
  for i = #kids, 1, -1 do
    local n, past = kids[i], start
    if n.kids then
      start = measure(n, start, layout)
    else
      local calc = n.calc
      if calc then
        layout.computed[#layout.computed + 1] = n
        if calc.what == "rest" then show(n, start - behind)
        elseif calc.what == "items" and not calc.of then show(n, count_items(group)) end
      end
      leaves[#leaves + 1] = n
      start = start + #n.data
    end
    if layout.all or n.named then n.parent, n.behind, n.size = group, past, start - past end
  end
  return start
end

local function section_index(target)
  local index = 0
  for _, kid in ipairs(target.parent.kids) do
    if kid == target then return index end
    if kid.section then index = index + 1 end
  end
end

-- How many bytes there are from the start of a node to the end of the file.
local function from_start(n) return n.behind + n.size end

-- The number a computed leaf should show, or nil if what it counts is gone, or shown by measure().
local function value_of(n, total)
  local calc = n.calc
  local target, base = calc.of, calc.base
  if not target or not target.parent then return nil end
  if calc.what == "items" then return count_items(target) end
  if calc.what == "size" then return target.size end
  if calc.what == "odd" then return target.size & 1 end
  if calc.what == "section" then return section_index(target) end
  local whole = base and base.parent and from_start(base) or total
  return whole - from_start(target) + (calc.plus or 0)
end

-- Whether a leaf has another size now.
local function refresh(layout)
  local moved = false
  for _, n in ipairs(layout.computed) do
    local value = value_of(n, layout.total)
    if value then moved = show(n, value) or moved end
  end
  return moved
end

-- The layout of a tree: { total = bytes of the file, computed = computed leaves, leaves, all =
-- whether all nodes have their place }, both lists from behind.  The width of a LEB can move what
-- it measures, so this repeats until nothing moves.
local function lay_out(root, all)
  for _ = 1, 64 do
    local layout = { computed = {}, leaves = {}, all = all }
    layout.total = measure(root, 0, layout)
    root.size = layout.total
    if not refresh(layout) then return layout end
  end
  fail("tree: sizes do not settle")
end

-- Trees -------------------------------------------------------------------------------------

local Tree = {}
Tree.__index = Tree

-- A tree over a list of top nodes.
function bytes.tree(kids) return setmetatable({ root = bytes.group("", kids) }, Tree) end

-- How many bytes a node and all below it are, by itself.
function bytes.length(n)
  if n.data and not n.calc then return #n.data end
  return #bytes.tree({ n }):bytes()
end

local function layout_of(tree)
  tree.layout = tree.layout or lay_out(tree.root, tree.is_searched)
  return tree.layout
end

local function touched(tree) tree.layout = nil end

-- Looks into a node of the tree.
local function open(tree, n)
  if unfold(n) then touched(tree) end
end

local function open_all(tree, n)
  walk(n, function(kid) open(tree, kid) end)
end

-- To be called before a node is looked for.
local function searched(tree)
  if tree.is_searched then return end
  tree.is_searched = true
  touched(tree)
end

-- Lays out a tree in which nothing is folded.
local function unfolded(tree)
  searched(tree)
  open_all(tree, tree.root)
  return layout_of(tree)
end

-- Distance of two words, for "did you mean".
local function distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      diagonal, row[j] = row[j], math.min(row[j] + 1, row[j - 1] + 1, diagonal + cost)
    end
  end
  return row[#b]
end

-- What the kids of a node that come before one are: how many of each name, and the last entry.
local function none_seen() return { names = {}, index = -1 } end

-- The path of the next kid of a node whose own path is `prefix`.
local function path_of(kid, prefix, seen)
  if kid.item then
    seen.index = seen.index + 1
    return ("%s[%d]"):format(prefix, seen.index)
  end
  local names = seen.names
  local again = names[kid.name] or 0
  names[kid.name] = again + 1
  local path = prefix == "" and kid.name or prefix .. "." .. kid.name
  return again > 0 and path .. "#" .. again or path
end

-- The path of every node below `n`, in file order: calls visit(path, node).
local function each_path(n, prefix, visit)
  local seen = none_seen()
  for _, kid in ipairs(n.kids or {}) do
    local path = path_of(kid, prefix, seen)
    visit(path, kid)
    each_path(kid, path, visit)
  end
end

local function near(tree, path)
  local found, shape = {}, (path:gsub("%d+", "#"))
  local shapes = {}
  unfolded(tree)
  each_path(tree.root, "", function(candidate)
    local gap = candidate == path and 0 or distance(candidate:sub(1, 60), path:sub(1, 60))
    local key = candidate:gsub("%d+", "#")
    if key == shape then gap = gap - 3 end
    if not shapes[key] or gap < shapes[key].gap then
      shapes[key] = shapes[key] or {}
      if not shapes[key].gap then found[#found + 1] = shapes[key] end
      shapes[key].gap, shapes[key].path = gap, candidate
    end
  end)
  table.sort(found, function(a, b)
    if a.gap ~= b.gap then return a.gap < b.gap end
    return a.path < b.path
  end)
  local names = {}
  for i = 1, math.min(5, #found) do names[i] = found[i].path end
  return table.concat(names, ", ")
end

-- The first node below `n` with this path.  Only what the path begins with is looked into.
local function lookup_below(tree, n, prefix, path)
  open(tree, n)
  local seen = none_seen()
  local index = tonumber(path:match("^%[(%d+)%]", #prefix + 1))
  for _, kid in ipairs(n.kids or {}) do
    if kid.item and seen.index + 1 ~= index then
      seen.index = seen.index + 1
    else
      local own = path_of(kid, prefix, seen)
      if own == path then return kid end
      local found = path:sub(1, #own) == own and lookup_below(tree, kid, own, path)
      if found then return found end
    end
  end
end

local function lookup(tree, path)
  searched(tree)
  return path == "" and tree.root or lookup_below(tree, tree.root, "", path)
end

local function find(tree, path)
  if type(path) ~= "string" then fail("path: expected a string, got " .. type(path)) end
  return lookup(tree, path)
    or fail(("no field '%s' in this file; near it: %s"):format(path, near(tree, path)))
end

-- Where a node is in the file, in bytes; of a tree that is laid out.
local function offset_of(tree, n)
  return n == tree.root and 0 or tree.layout.total - from_start(n)
end

-- What is taken out of a tree is nowhere.
local function take_out(n)
  walk(n, function(kid) kid.parent = nil end)
end

local EDIT = bytes.set_of "fix name after keep"

-- Runs `change`; with fix = false, computed leaves it would alter stay as they were.
local function edit(tree, opts, change)
  opts = opts or {}
  bytes.check_keys("tree edit", opts, EDIT)
  local before = {} -- laid out in any case: what counts a thing that goes keeps what it shows
  for _, n in ipairs(layout_of(tree).computed) do before[n] = n.data end
  change(opts)
  touched(tree)
  if opts.fix == false then
    local layout = layout_of(tree)
    for _, n in ipairs(layout.computed) do
      if before[n] and n.data ~= before[n] then n.data, n.calc = before[n], nil end
    end
    touched(tree)
  end
  return tree
end

local function as_node(value, like, name)
  if bytes.is_node(value) then
    value.name = value.name or name
    return value
  end
  if type(value) == "string" then return bytes.raw(name, value) end
  if math.type(value) == "integer" and like and like.enc then
    return bytes.field(name, like.enc, value, like.width)
  end
  fail("tree: a field takes bytes, a node, or an integer where it is a number; got "
    .. type(value) .. " for " .. tostring(name))
end

local function spot(tree, n)
  layout_of(tree)
  local parent = n.parent or fail("tree: the whole file has no place to move to")
  for i, kid in ipairs(parent.kids) do
    if kid == n then return parent, i end
  end
end

-- Overrides a field; see the head of this file.  It keeps its name, its being an entry or section.
function Tree:set(path, value, opts)
  local target = find(self, path)
  return edit(self, opts, function()
    local new = as_node(value, target, target.name)
    for _, kid in ipairs(target.kids or {}) do take_out(kid) end
    target.data, target.kids, target.calc = new.data, new.kids, new.calc
    target.text, target.fields, target.made = new.text, new.fields, new.made
    target.enc, target.width = new.enc or target.enc, new.width or target.width
  end)
end

-- Inserts before (opts.after: behind) the field at path.
function Tree:insert(path, value, opts)
  local target, at_end = lookup(self, path), false
  if not target then
    local list, index = path:match("^(.-)%[(%d+)%]$")
    local owner = list and lookup(self, list)
    if not owner or count_items(owner) ~= tonumber(index) then find(self, path) end
    open(self, owner)
    target, at_end = owner, true
  end
  return edit(self, opts, function(o)
    local parent, at
    if at_end then
      parent, at = target, #target.kids + 1
    else
      parent, at = spot(self, target)
      if o.after then at = at + 1 end
    end
    local new = as_node(value, nil, o.name or "inserted")
    new.item = at_end or target.item
    new.section = not at_end and parent == self.root and target.section or new.section
    table.insert(parent.kids, at, new)
  end)
end

function Tree:remove(path, opts)
  local target = find(self, path)
  return edit(self, opts, function()
    local parent, at = spot(self, target)
    table.remove(parent.kids, at)
    take_out(target)
  end)
end

-- Writes a second copy of a field, entry or section right behind it.
function Tree:duplicate(path, opts)
  local target = find(self, path)
  return edit(self, opts, function()
    local parent, at = spot(self, target)
    table.insert(parent.kids, at + 1, nodes.copy(target))
  end)
end

-- Moves a field before another one; before = "" or nil moves it to the end of its group.
function Tree:move(path, before, opts)
  local target = find(self, path)
  local mark = before and before ~= "" and find(self, before)
  return edit(self, opts, function()
    local parent, at = spot(self, target)
    table.remove(parent.kids, at)
    if not mark then
      table.insert(parent.kids, target)
      return
    end
    local other = mark.parent
    for i, kid in ipairs(other.kids) do
      if kid == mark then return table.insert(other.kids, i, target) end
    end
  end)
end

-- Keeps the top-level parts named in `list`, in that order; one named twice is copied.
function Tree:arrange(list)
  local kids, used = {}, {}
  for i, path in ipairs(list) do
    local part = find(self, path)
    kids[i] = used[part] and nodes.copy(part) or part
    used[part] = true
  end
  for _, part in ipairs(self.root.kids) do
    if not used[part] then take_out(part) end
  end
  self.root.kids = kids
  touched(self)
  return self
end

-- Ends the file where the field at `place` starts (or at a byte offset), plus opts.keep bytes.
function Tree:truncate(target, opts)
  local keep = opts and opts.keep or 0
  if type(target) == "string" then find(self, target) end
  self.cut = { target = target, keep = keep }
  return self
end

-- Turns every computed field at or below path into the bytes it has now.
function Tree:freeze(path)
  local n = find(self, path or "")
  open_all(self, n)
  layout_of(self)
  walk(n, function(kid) kid.calc = nil end)
  touched(self)
  return self
end

-- Gives LEB128 fields this width in bytes, nil: as few as can be.  Left alone are longer ones, and
-- what keep(field or group) is true of, with all below.  How many were changed.
function Tree:set_widths(width, keep)
  local changed = 0
  unfolded(self)
  local function visit(n)
    if keep(n) then return end
    if (n.enc == "uleb" or n.enc == "sleb") and #n.data <= 5 then
      local before = n.data
      local value = encode.leb(before, 1, n.enc == "sleb")
      n.data, n.width = ENCODE[n.enc](value, width), width
      if n.data ~= before then changed = changed + 1 end
    end
    for _, kid in ipairs(n.kids or {}) do visit(kid) end
  end
  visit(self.root)
  touched(self)
  return changed
end

function Tree:bytes()
  local leaves, parts = layout_of(self).leaves, {}
  local count = #leaves
  for i = 1, count do parts[i] = leaves[count - i + 1].data end
  local all = table.concat(parts)
  if not self.cut then return all end
  local at = self.cut.target
  if type(at) == "string" then at = self:range(at) end
  return all:sub(1, at + self.cut.keep)
end

-- Offset and size of a field in the file, in bytes.
function Tree:range(path)
  local n = find(self, path)
  layout_of(self)
  return offset_of(self, n), n.size
end

function Tree:get(path)
  local n, parts = find(self, path), {}
  layout_of(self)
  gather(n, parts)
  return table.concat(parts)
end

function Tree:has(path) return lookup(self, path) ~= nil end

-- All paths, groups before what they hold, in file order.
function Tree:paths()
  local list = {}
  unfolded(self)
  each_path(self.root, "", function(path) list[#list + 1] = path end)
  return list
end

-- The innermost field that holds the byte at `offset`, and the field's first byte.
function Tree:at(offset)
  unfolded(self)
  local best, start = "", 0
  each_path(self.root, "", function(path, n)
    local at = offset_of(self, n)
    if at <= offset and offset < at + n.size then best, start = path, at end
  end)
  return best, start
end

-- One line a leaf: offset, path, bytes in hex.
function Tree:dump()
  unfolded(self)
  local lines = {}
  each_path(self.root, "", function(path, n)
    if not n.kids then
      local hex = n.data:sub(1, 16):gsub(".", function(c) return ("%02x "):format(c:byte()) end)
      lines[#lines + 1] = ("%6x  %-40s %s%s"):format(offset_of(self, n), path, hex,
        #n.data > 16 and "..." or "")
    end
  end)
  return table.concat(lines, "\n") .. "\n"
end

-- A node of these bytes, to be put into another tree.
function Tree:folded(name)
  if self.cut then return bytes.raw(name, self:bytes()) end
  return bytes.folded(bytes.group(name, self.root.kids), self:bytes())
end

-- A copy that shares nothing with this tree.
function Tree:clone()
  layout_of(self)
  local copy = setmetatable({ root = nodes.copy(self.root) }, Tree)
  copy.cut = self.cut
  return copy
end

-- Lending ---------------------------------------------------------------------------------------

-- Gives a class with :build() the verbs and questions of the tree it builds.  Verbs return the
-- object and mark it edited.  Also set_sections(list): Tree:arrange.
function bytes.lend(class)
  for verb in pairs(bytes.set_of "set insert remove move duplicate truncate freeze") do
    class[verb] = function(self, ...)
      local tree = self:build()
      tree[verb](tree, ...)
      self.edited = true
      return self
    end
  end
  for verb in pairs(bytes.set_of "range get has paths at dump") do
    class[verb] = function(self, ...)
      local tree = self:build()
      return tree[verb](tree, ...)
    end
  end
  function class:set_sections(list)
    self:build():arrange(list)
    self.edited = true
    return self
  end
end

return bytes
