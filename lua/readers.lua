-- readers.lua: what the three readers of the model say of the inputs of a link.
--
-- Takes: a link of the model.  Gives: where they disagree, or nil: the linker, which reads objects
-- as far as it needs them; `linkspec validate`, which takes each by itself; and the decoder, which
-- shares no code with them.
-- Rule of thumb: what is linked can be decoded, and what breaks the format itself is decoded by
-- nobody; the rules of the convention beyond that are not for the decoder.

local module = require "module"

local readers = {}

-- Rows of diags.def whose inputs no reader can make sense of.
local FORMAT = {}
for id in ([[
  ALIGNMENT COMDAT_FLAGS COMDAT_INDEX COMDAT_KIND COUNT_DIFFERS COUNT_TOO_LARGE DATA_FLAGS
  ELEMENT_KIND EXPORT_KIND FEATURE_PREFIX IMPORT_KIND INDEX_RANGE INIT_FUNCTION INIT_OPCODE
  INIT_STACK LEB_TOO_LARGE LEB_TRUNCATED LIMITS_FLAGS LIMITS_ORDER LINKING_VERSION MUTABILITY
  NAME_ORDER NAME_UTF8 RELOC_KIND RELOC_OFFSET RELOC_SECTION SECTION_ID SECTION_LEFTOVER
  SECTION_SYMBOL_TARGET SUBSECTION_TWICE SYMBOL_DEFINEDNESS SYMBOL_KIND SYMBOL_OFFSET SYMBOL_SIZE
  TAG_ATTRIBUTE TOO_MANY_LOCALS TRUNCATED TYPE_FORM VALUE_TYPE VERSION]]):gmatch("%S+") do
  FORMAT[id] = true
end

local function has(argv, option)
  for _, word in ipairs(argv) do
    if word == option then return true end
  end
end

-- The error that the linker found in a file.
local function refusal(outcome, name)
  for _, d in ipairs(outcome.diags) do
    if d.severity == "error" and d.phase == "read" and d.file == name then return d end
  end
end

local function is_malformed(d)
  return d.severity == "error" and d.phase == "read" and d.class == "malformed"
end

local function show(d)
  return ("%s: at %s: %s (%s)"):format(d.file, d.offset or "?", d.text, d.id)
end

-- Where an object by itself is found to be wrong, but not in the link, or the other way round.  A
-- link looks only for names in what waits to be needed.
local function validated(request, outcome, link)
  local seen, waits = {}, has(request.argv, "--start-lib")
  for _, d in ipairs(link:validate(request)) do
    if is_malformed(d) then
      seen[show(d)] = true
      if outcome.ended == "linked" and not waits then
        return "linked, but wrong by itself: " .. show(d)
      end
    end
  end
  for _, d in ipairs(outcome.diags) do
    if is_malformed(d) and not seen[show(d)] then
      return "not linked, but right by itself: " .. show(d)
    end
  end
end

local function disagreement(request, outcome, name)
  local decoded, why = module.is_readable(request.files[name])
  local d = refusal(outcome, name)
  if d and FORMAT[d.id] and decoded then
    return ("%s: the linker says %s, the decoder takes it"):format(name, d.id)
  end
  if not decoded and outcome.ended == "linked"
    and not has(request.argv, "--validate=permissive") then
    return ("%s: linked, but the decoder says: %s"):format(name, why)
  end
end

function readers.disagree(request, outcome, link)
  local text = validated(request, outcome, link)
  if text then return text end
  for _, name in ipairs(request.names) do
    if request.files[name]:sub(1, 4) == "\0asm" then
      text = disagreement(request, outcome, name)
      if text then return text end
    end
  end
end

return readers
