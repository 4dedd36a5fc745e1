-- kinds.lua: what can be wrong with a module, a kind of fault at a time.
--
-- Each kind takes what is known of a correct link (faults.lua: about) and calls
-- add(kind, what, make, ...) for each fault: make(...) gives the bytes of the faulty module, or
-- nil, and what says what was changed, a text or a function that gives one of the same arguments.
-- Rule of thumb: all but the flipped bytes stay readable, so that it is the judge that notices and
-- not the reader.

local bytes = require "faults.bytes"
local code_metadata = require "faults.code_metadata"
local losers = require "faults.losers"
local made = require "faults.made"
local memory = require "faults.memory"
local meta = require "faults.meta"
local object = require "faults.object"
local spaces = require "faults.spaces"

return {
  bytes.sites, bytes.bytes,
  memory.segments,
  spaces.exports, spaces.imports, spaces.globals, spaces.limits, spaces.tags, spaces.functions,
  spaces.start, spaces.elements,
  made.code,
  meta.names, meta.producers, meta.features, meta.customs, code_metadata.code_metadata,
  losers.losers,
  object.object,
}
