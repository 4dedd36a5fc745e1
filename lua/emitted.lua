-- emitted.lua: how a case is laid out as plain files, see emit.lua and folder.lua.
--
-- Takes: a case.  Gives: the links that a linker must make to be judged by it, each in a folder of
-- its own below that of the case:
--   .          the link itself
--   valid      of a malformed case: the inputs before they were spoiled, which must link
--   variant-N  further inputs, whose output is compared with the first one
--   relink-N   a link of the first output, which is an object
-- Rule of thumb: all is computed from the case, so nothing need be read back.

local native = require "native"
local case = require "case"
local driver = require "driver"
local view = require "view"
local wasm_ld = require "linkers.wasm-ld"

-- The files of a link's folder beside its inputs: who writes them is told in emit.lua.
local emitted = { OUTPUT = driver.OUTPUT, ARGUMENTS = "link.txt", EXPECTED = "expect.json",
  STATUS = "status.txt", PRINTED = "stdout.txt", SAID = "stderr.txt" }

local RESERVED = { [emitted.OUTPUT] = true, [emitted.ARGUMENTS] = true, [emitted.EXPECTED] = true,
  [emitted.STATUS] = true, [emitted.PRINTED] = true, [emitted.SAID] = true, valid = true }

local function check_names(request)
  for _, name in ipairs(request.names) do
    local first = name:match("^[^/]+")
    if RESERVED[first] or first:find("^variant%-%d+$") or first:find("^relink%-%d+$") then
      error("an input is named as what emit writes beside: " .. name, 0)
    end
  end
end

-- Adds a link.  again: it takes the output of the one in the folder above.
local function add(links, folder, request, again)
  check_names(request)
  local l = { folder = folder, request = request, key = emitted.key(request),
    no_file = again and view.RELINKED or nil }
  l.arguments, l.unsupported = wasm_ld.argv(driver.with_output(request.argv))
  l.unsupported = l.unsupported or request.no_file
  for i, word in ipairs(l.arguments or {}) do
    if word == l.no_file then l.arguments[i] = "../" .. emitted.OUTPUT end
  end
  links[#links + 1] = l
end

local function folder_below(folder, name)
  return folder == "" and name or folder .. "/" .. name
end

-- Adds the links that expectations ask for beside the one in `folder`.
local function add_others(links, folder, expectations)
  local numbers = { variant = 0, relink = 0 }
  local function next_folder(name)
    numbers[name] = numbers[name] + 1
    return folder_below(folder, ("%s-%d"):format(name, numbers[name]))
  end
  for _, e in ipairs(expectations) do
    if e.variant then add(links, next_folder("variant"), case.request(e.variant)) end
    if e.relinked then
      local below = next_folder("relink")
      add(links, below, case.request(view.relink_items(e.relinked, "")), true)
      add_others(links, below, e.expect)
    elseif e.expect then
      add_others(links, folder, e.expect)
    end
  end
end

-- What tells one link of a case from another: options and inputs, but not the output of another.
function emitted.key(request)
  local parts = { table.concat(request.argv, "\0") }
  for _, name in ipairs(request.names) do
    if name ~= view.RELINKED then
      parts[#parts + 1] = ("%s %s"):format(name, native.sha256(request.files[name]))
    end
  end
  return table.concat(parts, "\n")
end

-- The links of a case, the first one first: { folder, request, key, arguments, no_file = name of an
-- input that is the output of the link above }; where others cannot be asked, unsupported = why.
function emitted.links(c)
  local links, plain = {}, case.request(c.link)
  add(links, "", c.mutate and case.mutated(c) or plain)
  if c.stage then links[1].unsupported = "a stage alone: only the model has stages" end
  if c.mutate and not c.stage then add(links, "valid", plain) end
  if not links[1].unsupported then add_others(links, "", c.expect) end
  return links
end

-- The bytes of link.txt: an argument a line.
function emitted.arguments_text(link)
  for _, word in ipairs(link.arguments) do
    if word:find("\n") then error("an argument has a line break: " .. word, 0) end
  end
  return table.concat(link.arguments, "\n") .. "\n"
end

return emitted
