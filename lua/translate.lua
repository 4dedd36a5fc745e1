-- translate.lua: wasm-ld's options as those of a linker that has its own.
--
-- Takes: the arguments of a link request, and a table of forms:
--   ["--name"] = "..."    what an option without a value is, in words; false: nothing need be said
--   ["--name="] = "..."   one with a value, for which %s stands; it is in the same word or the next
-- Gives: the arguments of that linker.  Rule of thumb: what has no form, that linker cannot do.

local translate = {}

-- The arguments with -m and -z and what stands behind them in one word: -mwasm64, "-z muldefs".
function translate.joined(list)
  local words = {}
  for _, word in ipairs(list) do
    local before = words[#words]
    if before == "-m" or before == "-z" then
      words[#words] = before .. (before == "-z" and " " or "") .. word
    else
      words[#words + 1] = word
    end
  end
  return words
end

-- The form of words[i], its value, and how many words it is; nil: none.
local function form_of(words, i, forms)
  local word = words[i]
  local name, value = word:match("^([^=]+=)(.*)$")
  if name and forms[name] ~= nil then return forms[name], value, 1 end
  if forms[word] ~= nil then return forms[word], nil, 1 end
  if not name and words[i + 1] then return forms[word .. "="], words[i + 1], 2 end
end

-- The arguments in the other linker's words; nil, and what it has not.
function translate.argv(list, forms)
  local argv, words, i = {}, translate.joined(list), 1
  while words[i] do
    local form, value, used = words[i], nil, 1
    if form:find("^[-@]") then form, value, used = form_of(words, i, forms) end
    if form == nil then return nil, words[i] end
    for part in (form or ""):gmatch("%S+") do
      argv[#argv + 1] = value and part:gsub("%%s", (value:gsub("%%", "%%%%"))) or part
    end
    i = i + used
  end
  return argv
end

return translate
