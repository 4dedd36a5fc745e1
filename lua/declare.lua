-- declare.lua: what declarations of objects (object.lua) and units (unit.lua) have in common.
--
-- Takes: the options of a verb.  Gives: symbol flags, and signatures as lists of value types.

local B = require "bytes"
local asm = require "asm"

B.library()
local fail = B.fail

local declare = {}

-- Symbol options that are flags, and their bits.
declare.FLAG = { hidden = 4, undefined = 0x10, exported = 0x20, explicit_name = 0x40,
  no_strip = 0x80, tls = 0x100, absolute = 0x200 }

local BINDING = { global = 0, weak = 1, ["local"] = 2 }

-- The flags of a symbol.
function declare.flags(opts)
  if opts.flags then return opts.flags end
  local bits = opts.weak and 1 or opts.static and 2 or 0
  if opts.binding then
    bits = BINDING[opts.binding] or fail("binding is global, weak or local")
  end
  for key, bit in pairs(declare.FLAG) do if opts[key] then bits = bits | bit end end
  if opts.undefined and opts.import_name then bits = bits | declare.FLAG.explicit_name end
  if opts.export then bits = bits | declare.FLAG.exported | declare.FLAG.no_strip end
  return bits
end

-- "i32 f64" as a list.
function declare.words(text)
  local list = {}
  for word in text:gmatch("[%w_]+") do
    asm.valtype(word)
    list[#list + 1] = word
  end
  return list
end

-- "i32 i64 -> f32" or { params=, results= } or { raw = bytes } as such a table.
function declare.sig(sig)
  if type(sig) == "table" then
    B.check_keys("signature", sig, B.set_of "params results raw")
    return { params = sig.params or {}, results = sig.results or {}, raw = sig.raw }
  end
  if type(sig) ~= "string" then fail("sig: a string such as 'i32 i32 -> i64' is needed") end
  local params, results = sig:match("^(.-)%->(.*)$")
  if not params then fail("sig: no '->' in '" .. sig .. "'") end
  return { params = declare.words(params), results = declare.words(results) }
end

return declare
