std = "lua54"
max_line_length = 100
exclude_files = { "build" }

-- Case files see these names and nothing else: the verbs of the library, as lua/case.lua hands
-- them out, and a few functions of Lua.
files["cases"] = {
  std = "none",
  read_globals = {
    "assert", "error", "ipairs", "math", "pairs", "select", "string", "table", "tonumber",
    "tostring", "type",
    "addr", "addr64", "addr_locrel", "addr_rel", "addr_tls", "address", "again", "any", "archive",
    "body", "calls", "case", "chunk", "code", "code_metadata", "comdat_members", "const_at",
    "counts", "custom", "data_at", "data_count", "data_segments", "different_functions",
    "differs_from", "dylink", "either", "elem_slots", "export_order", "exports", "exports_exactly",
    "f", "f32", "f64", "features", "file", "fn", "fn_offset", "fn_offset64", "function_count",
    "function_order", "glob", "global_value", "got", "got_imports", "has_function", "has_type",
    "header", "hex", "holds", "import_order", "imports", "imports_exactly", "in_table",
    "indirect_table", "init_functions", "layout", "library", "linking_symbol",
    "linking_symbol_order", "links", "lit", "memory", "module", "moved", "name", "name_section",
    "no_custom", "no_export", "no_function", "no_import", "no_linking_symbol", "no_name",
    "no_section", "no_start", "no_symbol", "no_type", "no_warnings", "not_dynamic", "not_in_table",
    "notes", "object", "passive", "prints", "producers", "rejects", "relinks", "reloc",
    "relocations", "returns", "runs", "same_as", "same_function", "sec_offset", "section",
    "section_order", "segment", "segment_info", "signature", "sleb", "slot", "slot64", "slot_rel",
    "start", "symbol", "tag", "tbl", "to_address", "to_data", "to_func", "to_global", "to_slot",
    "to_table", "to_tag", "to_type", "traps", "traps_only", "typ", "types_unique", "u16", "u32",
    "u64", "u8", "uleb", "unit", "valid", "warns", "wide", "writes",
  },
}
