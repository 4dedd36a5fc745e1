-- mutants/explained.lua: changes of the model that no case can notice, and why.
--
-- Takes: a mutant.  Gives: why it may survive, or nil.
-- A row fits when all that it says fits: file, func, text (the line as it is), change, or like, a
-- pattern of the text.  Rule of thumb: a row is true of the code, not of the suite: what a case
-- could show is no row.

local ROWS = {
  -- How long it takes, and how much room is made.
  { file = "bytes.c", func = "str_hash", why = "another hash finds the same" },
  { file = "bytes.c", text = "if (!b || b->size - b->used < n)", change = "`<` -> `<=`",
    why = "a block that would just do is left, and a new one is made" },
  { file = "bytes.c", text = "size_t cap = b->cap ? b->cap : 64;", why = "how much room is made" },
  { file = "bytes.c", text = "cap *= 2;", change = "`2` -> `3`", why = "how much room is made" },
  { file = "bytes.c", text = "if (size == 0 || count <= SIZE_MAX / size)",
    why = "counts are held against the bytes of a file before: none comes near 2^64" },
  { file = "signature.c", like = "^u32 %*slot = map_slot%(l, &l%->signature_map",
    change = "`4` -> `5`", why = "the byte behind the key is zero for all" },
  { file = "validate.c", text = "boundaries = NEW_ARRAY(l, u8, c->size / 8 + 1);",
    change = "`8` -> `7`", why = "more room than is needed" },
  { file = "reloc.c", func = "chunk_at", text = "u32 middle = from + (to - from) / 2;",
    change = "`2` -> `3`", why = "a search that halves in other places finds the same" },
  { file = "features.c", func = "check_all_required", change = "`++` -> `--`",
    text = "for (u32 k = 0; k < o->nfeatures; k++)",
    why = "users are counted to save time: too few are looked at again" },
  { file = "features.c", func = "check_all_required", change = "`0` -> `1`",
    text = "for (u32 i = 0; i < l->objects.n; i++) {",
    why = "users are counted to save time: too few are looked at again" },

  -- Values that are written again, or never looked at.
  { like = "^VEC%(.*%) %w+ = {0};$", change = "`0` -> `1`",
    why = "where the items are is set with the first of them" },
  { like = "^Map %w+ = {0};$", change = "`0` -> `1`",
    why = "where the keys are is set with the first of them" },
  { file = "archive.c", text = "VEC_PUSH(l, x->names, (StrVec){0});",
    why = "where the items are is set with the first of them" },
  { file = "archive.c", text = "Str table = {0};", why = "without a size it has no bytes" },
  { file = "synth.c", func = "synth_optional", like = "^l%->[%w_]+ = add_optional_data",
    change = "`0` -> `1`", why = "place.c writes the address over it" },
  { file = "read_types.c", like = "^Limits m = .*page_size_log2 = 16", change = "`16` -> `15`",
    why = "the size of a page is only written where it was read" },
  { file = "read_linking.c", text = "bool seen[WASM_SYMBOL_TABLE + 1] = {0};",
    why = "no sub-section has the number 0" },
  { file = "layout_zig.c", text = "if (!name.n)", change = "`(!name.n)` -> `(false)`",
    why = "the bytes of an empty name are not looked at" },
  { file = "symtab.c", func = "add_undefined_function", text = "if (fresh)",
    change = "`(fresh)` -> `(false)`", why = "a symbol of zeros is an undefined function" },

  -- What the code around it makes sure of.
  { file = "place.c", text = "if (l->opt.initial_heap) {",
    change = "`(l->opt.initial_heap)` -> `(true)`",
    why = "a heap of 0 bytes passes, and adds none" },
  { file = "place.c", like = "^check_memory_option%(l, \"initial heap\"", change = "`0` -> `1`",
    why = "it is not called for a heap of 0 bytes" },
  { file = "synth.c", func = "wrap_exports", text = "for (u32 i = 0; i < l->symbols.n; i++) {",
    change = "`0` -> `1`",
    why = "symbol 0 is __wasm_call_ctors: where it is exported none is wrapped" },
  { file = "resolve.c", func = "settle_weak_undefined", change = "`0` -> `1`",
    text = "for (u32 i = 0; i < l->symbols.n; i++) {", why = "symbol 0 is __wasm_call_ctors" },
  { file = "live.c", func = "say_all_removed", change = "`0` -> `1`",
    text = "for (u32 i = 0; i < l->synthetic_globals.n; i++) {",
    why = "the first global is __stack_pointer, which is always kept" },
  { file = "read.c", like = "^if %(flags > 7 ||", change = "`>` -> `>=`",
    why = "7 has the flag that is refused behind it" },
  { file = "read.c", text = "seen_relocs |= is_reloc;", change = "`|=` -> `&=`",
    why = "relocations come behind the section linking: the order of sections says the same" },
  { file = "resolve.c", text = "nobjects += add_input(l, &l->request->inputs[i]);",
    why = "only whether it is zero counts" },
  { file = "scan.c", text = "} else if (s->item) {", why = "what has no signature is an item" },
  { file = "read_reloc.c", func = "assign_relocs", text = "skip_reloc(l, o, s, i);",
    why = "behind the last chunk a section has no bytes, and offsets are inside" },
  { file = "wrap.c", func = "prepare_wrap", text = "plain = find_symbol(l, name);",
    why = "a name keeps its symbol while members are loaded" },
  { file = "diag.c", text = "longjmp(l->escape, 1);", change = "`1` -> `2`",
    why = "only whether it is zero counts" },
  { file = "relocs.def", func = "R_WASM_FUNCTION_INDEX_LEB", change = "`-1` -> `0`",
    why = "the twin 0 is the kind itself" },
  { file = "relocs.def", like = "VALUE_INDEX, +BASE_NONE", change = "`BASE_NONE` -> `BASE_TABLE`",
    why = "an index has no base" },
  { file = "relocs.def", like = "VALUE_INDEX, +BASE_NONE", change = "`BASE_NONE` -> `BASE_MEMORY`",
    why = "an index has no base" },
  { file = "relocs.def", like = "VALUE_FUNCTION_OFFSET, +BASE_NONE",
    change = "`BASE_NONE` -> `BASE_TABLE`",
    why = "only what is in the table counts from its base" },
  { file = "relocs.def", like = "VALUE_ADDRESS, +BASE_MEMORY",
    change = "`BASE_MEMORY` -> `BASE_NONE`", why = "__memory_base is 0 in a static link" },

  { file = "unit_check.c", text = "if (kind < 0 || !u->wasm64 || "
    .. "reloc_info((u32)kind)->twin < 0)", change = "`0` -> `1`",
    why = "kind 0 has no twin, and is none" },
  { file = "unit_check.c", like = ", %-1}", change = "`1` -> `2`", why = "no kind is negative" },
  { file = "diag.c", func = "vformat", text = "if (s)", change = "`(s)` -> `(true)`",
    why = "there is room, or the link has ended" },
  { file = "read_linking.c", text = "if (known)", change = "`(known)` -> `(true)`",
    why = "writes behind an array, which only a sanitizer sees" },

  -- What no input of reasonable size shows.
  { file = "map.c", func = "map_segments", text = "for (u32 i = 0; i < l->segments.n; i++)",
    change = "`++` -> `--`", why = "shows from 128 segments on" },
  { file = "archive.c", like = "^const u8 key%[4%] = ", change = "`>>` -> `<<`",
    why = "shows from 16 MB on" },
  { file = "archive.c", like = "^u32 n = %(u32%)p%[0%] << 24", why = "shows from 65,536 names on" },
  { file = "strings.c", text = "if (size > UINT32_MAX)", why = "shows from 4 GB of strings on" },
  { file = "unit.c", text = "if (size + n > UINT32_MAX)", why = "shows from 4 GB of code on" },

  -- What a link does not do.
  { file = "link.c", func = "validate_alone", why = "`linkspec validate` alone calls it" },
  { file = "resolve.c", func = "load_alone", why = "`linkspec validate` alone calls it" },
  { file = "resolve.c", func = "input_objects", why = "`linkspec validate` alone calls it" },
  { file = "link.c", func = "unit_lower", why = "a link takes the unit itself" },
  { file = "link.c", text = "if (request->keep)",
    why = "for a link that follows: `linkspec laws`" },
  { file = "link.c", text = "if (!diags_room(l)) {",
    why = "where memory ends before the link begins" },
  { file = "link.c", func = "settle_options", text = "o->gc_sections = false; "
    .. "/* who will use what is not known yet */", why = "the command line says so, too" },
  { file = "link.c", func = "settle_options", text = "o->shared_memory = o->export_table = "
    .. "o->growable_table = false; /* as these */",
    why = "the command line refuses these with -r" },
}

local explained = { rows = ROWS }

-- Whether a row is about the mutant.
function explained.fits(row, m)
  for key, value in pairs(row) do
    if key == "like" then
      if not m.text:find(value) then return false end
    elseif key ~= "why" and m[key] ~= value then
      return false
    end
  end
  return true
end

function explained.why(m)
  for _, row in ipairs(ROWS) do
    if explained.fits(row, m) then return row.why end
  end
end

return explained
