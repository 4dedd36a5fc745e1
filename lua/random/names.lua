-- random/names.lua: the names of functions and data in random links: few, so that objects meet.

local names = {}

names.FUNCTIONS = { "f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "_ZN3one3twoEi", "main",
  "__main_argc_argv", "_start", "__wrap_f1", "__real_f1", "__wasm_call_ctors",
  "__wasm_call_dtors", "_initialize", "f0.command_export" }
names.DATA = { "d0", "d1", "d2", "d3", "d4", "d5", "d6", "_ZTV3one" }
names.LINKERS = { "__heap_base", "__heap_end", "__data_end", "__stack_low", "__stack_high",
  "__global_base", "__dso_handle", "__start_mine", "__stop_mine", "__wasm_first_page_end",
  "__start_other", "__stop_other", "__memory_base", "__table_base" }
names.BASES = { "__stack_pointer", "__tls_base", "__memory_base", "__table_base" }

return names
