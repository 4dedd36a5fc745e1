-- expect.lua: what a case may expect of the output.
--
-- Takes: what the case says, by name.  Gives: expectations, tables { name, check } where
-- check(view) gives true, "skipped" and why, or false and { expected, found, where }.
-- Rule of thumb: say the least that still catches the bug, and never an index; a place for a number
-- takes a number or a hole (holes.lua: to_func, to_slot, to_address, to_data, to_global, to_table,
-- to_tag, to_type, any).
--
-- A function is known by the name it is exported, imported or named as; data by its export.
--
--   expect/module.lua  links rejects warns notes no_warnings; exports exports_exactly export_order
--                      no_export; imports imports_exactly import_order no_import; custom no_custom
--                      code_metadata section_order no_section name_section no_name producers
--                      features; same_as again differs_from valid holds either
--   expect/code.lua    signature has_function no_function function_count same_function
--                      different_functions function_order calls code body const_at traps_only start
--                      no_start; runs returns traps
--   expect/memory.lua  memory indirect_table data_at data_count address data_segments; elem_slots
--                      in_table not_in_table global_value counts types_unique has_type no_type
--   expect/text.lua    prints writes
--   expect/linking.lua linking_symbol no_linking_symbol linking_symbol_order segment_info
--                      init_functions comdat_members relocations relinks, for objects
--   expect/dynamic.lua dylink not_dynamic got_imports moved
--   expect/stage.lua   symbol no_symbol chunk segment layout, for cases with `stage`

local common = require "expect.common"
local holes = require "holes"
local words = require "words"

local expect = { is = common.is, wants_rejection = common.wants_rejection }

-- All verbs of a case's environment that make expectations and holes, by name.
expect.verbs = {}

for _, verbs in ipairs { holes.verbs, require "expect.module", require "expect.code",
  require "expect.memory", require "expect.text", require "expect.linking",
  require "expect.dynamic",
  (require "expect.stage") } do
  for name, verb in pairs(verbs) do expect.verbs[name] = words.verb(name, verb) end
end

return expect
