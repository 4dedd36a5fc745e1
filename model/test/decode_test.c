/* decode_test.c: the decoder on modules made by hand, part by part, and on
   modules wrong in one way each: offset and field of the error. */

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "../decode.h"
#include "../wasm.h"

#define HEAD "\0asm\1\0\0\0"
#define TYPE "\1\4\1\140\0\0"        /* type 0: () -> () */
#define FUNC "\3\2\1\0"              /* one function of type 0 */
#define CODE "\12\4\1\2\0\13"        /* with an empty body */
#define MEMORY "\5\3\1\0\1"          /* one page at least */
#define TABLE "\4\4\1\160\0\1"       /* one funcref at least */
#define LINKING "\0\11\7linking\2"   /* version 2, nothing else */
#define ONE_FUNC HEAD TYPE FUNC CODE /* 8 + 6 + 4 + 6 bytes */

/* A copy without a byte to spare, so that a sanitizer sees each overrun. */
static uint8_t *copy(const char *text, size_t size) {
  uint8_t *bytes = malloc(size ? size : 1);
  memcpy(bytes, text, size);
  return bytes;
}

/* Decodes a string literal, which must be right. */
#define DECODE(m, text)                                                        \
  uint8_t *bytes_of_##m = copy(text, sizeof(text) - 1);                        \
  DecModule m;                                                                 \
  DecError error_of_##m;                                                       \
  cr_assert(decode_module(&m, bytes_of_##m, sizeof(text) - 1, &error_of_##m),  \
            "offset %zu, %s: %s", error_of_##m.offset, error_of_##m.field,     \
            error_of_##m.message)

#define RELEASE(m)                                                             \
  do {                                                                         \
    decode_free(&m);                                                           \
    free(bytes_of_##m);                                                        \
  } while (0)

static bool is(DecBytes bytes, const char *text) {
  return bytes.size == strlen(text) && !memcmp(bytes.at, text, bytes.size);
}

Test(decode, empty_module) {
  DECODE(m, HEAD);
  cr_assert_eq(m.section_count, 0);
  cr_assert_eq(m.start, DEC_NONE);
  RELEASE(m);
}

Test(decode, types_and_imports) {
  DECODE(m, HEAD "\1\7\1\140\2\177\176\1\175"
                 "\2\45\5\1e\1f\0\0\1e\1t\1\160\1\1\2\1e\1m\2\0\1"
                 "\1e\1g\3\177\1\1e\1x\4\0\0");
  cr_assert_eq(m.types[0].param_count, 2);
  cr_assert_eq(m.types[0].params[1], WASM_TYPE_I64);
  cr_assert_eq(m.types[0].results[0], WASM_TYPE_F32);
  cr_assert_eq(m.import_count, 5);
  cr_assert_eq(m.imported_funcs, 1);
  cr_assert(is(m.imports[0].module, "e") && is(m.funcs[0].name, "f"));
  cr_assert_eq(m.tables[0].limits.max, 2);
  cr_assert_eq(m.memories[0].limits.page_log2, 16);
  cr_assert(m.globals[0].is_mutable);
  cr_assert_eq(m.tags[0].import, 4);
  RELEASE(m);
}

Test(decode, function_and_its_offsets) {
  DECODE(m, HEAD TYPE FUNC "\12\10\1\6\1\3\176\1\1\13");
  const DecFunc *f = &m.funcs[0];
  cr_assert_eq(f->import, DEC_NONE);
  cr_assert_eq(f->offset, 21);
  cr_assert_eq(f->body, 22);
  cr_assert_eq(f->code, 25);
  cr_assert_eq(f->end, 28);
  cr_assert_eq(f->locals[0].count, 3);
  cr_assert_eq(f->locals[0].type, WASM_TYPE_I64);
  cr_assert_eq(decode_func_at(&m, 20), DEC_NONE);
  cr_assert_eq(decode_func_at(&m, 21), 0);
  cr_assert_eq(decode_func_at(&m, 28), DEC_NONE);
  RELEASE(m);
}

Test(decode, limits_of_memories) {
  DECODE(m, HEAD "\5\12\3\3\1\2\5\1\2\14\1\0");
  cr_assert_eq(m.memories[0].limits.flags, 3);
  cr_assert_eq(m.memories[1].limits.max, 2);
  cr_assert_eq(m.memories[2].limits.page_log2, 0);
  RELEASE(m);
}

Test(decode, globals_and_expressions) {
  DECODE(m, HEAD "\6\21\2\177\0\101\176\13\177\1\101\4\43\0\101\2\154\152\13");
  cr_assert_eq(m.globals[0].init.opcode, WASM_OPCODE_I32_CONST);
  cr_assert_eq((int64_t)m.globals[0].init.value, -2);
  cr_assert_eq(m.globals[1].init.opcode, DEC_NONE);
  cr_assert_eq(m.globals[1].init.size, 9);
  RELEASE(m);
}

Test(decode, exports_and_start) {
  DECODE(m, HEAD TYPE FUNC "\7\5\1\1f\0\0"
                           "\10\1\0" CODE);
  cr_assert(is(m.exports[0].name, "f"));
  cr_assert_eq(m.start, 0);
  cr_assert(is(m.funcs[0].name, "f"));
  RELEASE(m);
}

/* One segment of each of the eight forms. */
Test(decode, element_segments) {
  DECODE(m, HEAD TYPE FUNC TABLE "\11\65\10"
                                 "\0\101\0\13\1\0"
                                 "\1\0\1\0"
                                 "\2\0\101\0\13\0\1\0"
                                 "\3\0\1\0"
                                 "\4\101\0\13\1\322\0\13"
                                 "\5\160\1\320\160\13"
                                 "\6\0\101\7\13\160\1\322\0\13"
                                 "\7\160\1\322\0\13" CODE);
  static const DecMode modes[] = {DEC_ACTIVE, DEC_PASSIVE, DEC_ACTIVE,
                                  DEC_DECLARED};
  for (uint32_t i = 0; i < 8; i++) {
    cr_assert_eq(m.elems[i].mode, modes[i % 4]);
    cr_assert_eq(m.elems[i].count, 1);
    cr_assert_eq(m.elems[i].items[0].is_index, i < 4);
    cr_assert_eq(m.elems[i].items[0].opcode,
                 i == 5 ? WASM_OPCODE_REF_NULL : WASM_OPCODE_REF_FUNC);
  }
  cr_assert_eq(m.elems[6].start.value, 7);
  RELEASE(m);
}

Test(decode, data_segments) {
  DECODE(m, HEAD MEMORY "\14\1\3"
                        "\13\22\3\0\101\10\13\2hi\1\1!\2\0\101\0\13\1?");
  cr_assert(m.has_data_count && m.declared_data == 3);
  cr_assert_eq(m.data[0].start.value, 8);
  cr_assert(is(m.data[0].bytes, "hi"));
  cr_assert_eq(m.data[1].mode, DEC_PASSIVE);
  cr_assert_eq(m.data[2].flags, WASM_DATA_SEGMENT_HAS_MEMINDEX);
  RELEASE(m);
}

Test(decode, name_section) {
  DECODE(m, ONE_FUNC "\0\33\4name\0\3\2mo\1\4\1\0\1f"
                     "\2\6\1\0\1\2\1x\12\1!");
  cr_assert(is(m.names.module, "mo"));
  cr_assert(is(m.funcs[0].name, "f"));
  cr_assert_eq(m.names.locals[0].map.names[0].index, 2);
  cr_assert_eq(m.names.others[0].id, 10);
  RELEASE(m);
}

Test(decode, producers_features_build_id) {
  DECODE(m, HEAD "\0\26\11producers\1\2by\2\1a\1\61\1b\0"
                 "\0\24\17target_features\1+\1x"
                 "\0\13\10build_id\1\377");
  cr_assert_eq(m.producer_count, 2);
  cr_assert(is(m.producers[1].field, "by") && is(m.producers[1].name, "b"));
  cr_assert(m.features[0].prefix == '+' && is(m.features[0].name, "x"));
  cr_assert(m.has_build_id && m.build_id.at[0] == 0xff);
  RELEASE(m);
}

Test(decode, dylink) {
  DECODE(m, HEAD "\0\47\10dylink.0\1\4\20\2\1\0\2\3\1\1l\3\4\1\1e\4"
                 "\4\6\1\1m\1i\20\5\3\1\1p");
  cr_assert_eq(m.dylink.memory_size, 16);
  cr_assert(is(m.dylink.needed[0], "l") && is(m.dylink.paths[0], "p"));
  cr_assert_eq(m.dylink.exports[0].flags, 4);
  cr_assert(is(m.dylink.imports[0].module, "m"));
  RELEASE(m);
}

/* A function, a data and a section symbol; a segment; an init function; a
   comdat; a relocation of code, and one of data with an addend. */
Test(decode, linking_and_relocations) {
  DECODE(m, HEAD TYPE FUNC "\5\3\1\0\1"
                           "\12\13\1\11\0\20\200\200\200\200\0\1\13"
                           "\13\12\1\0\101\0\13\4\0\0\0\0"
                           "\0\61\7linking\2"
                           "\10\20\3\0\0\0\1f\1\2\1d\0\1\3\3\2\3"
                           "\5\6\1\2.d\2\1"
                           "\6\3\1\7\0"
                           "\7\7\1\1c\0\1\1\0"
                           "\0\20\12reloc.CODE\3\1\0\4\0"
                           "\0\21\12reloc.DATA\4\1\5\6\1\177");
  const DecLinking *l = &m.linking;
  cr_assert(l->present && l->symbol_count == 3);
  cr_assert(is(l->symbols[0].name, "f"));
  cr_assert(l->symbols[1].offset == 1 && l->symbols[1].size == 3);
  cr_assert_eq(l->symbols[2].index, 3);
  cr_assert(is(l->segments[0].name, ".d") && l->segments[0].align == 2);
  cr_assert_eq(l->inits[0].priority, 7);
  cr_assert_eq(l->comdats[0].items[0].kind, WASM_COMDAT_FUNCTION);
  cr_assert_eq(m.reloc_count, 2);
  cr_assert_eq(m.relocs[0].relocs[0].offset, 4);
  cr_assert_eq(m.relocs[1].relocs[0].addend, -1);
  cr_assert(is(m.data[0].name, ".d") && is(m.funcs[0].name, "f"));
  RELEASE(m);
}

/* instructions */

#define INSTR(instr, text)                                                     \
  static const uint8_t code[] = text;                                          \
  DecError error = {0};                                                        \
  DecCursor cursor = decode_cursor(code, 0, sizeof code - 1, &error);          \
  DecInstr instr;                                                              \
  cr_assert(decode_instr(&cursor, &instr), "%s", error.message);               \
  cr_assert_eq(instr.size, sizeof code - 1)

Test(instr, padded_call) {
  INSTR(i, "\20\205\200\200\200\0");
  cr_assert_str_eq(i.name, "call");
  cr_assert_eq(i.imm[0].kind, DEC_IMM_FUNC);
  cr_assert_eq(i.imm[0].value, 5);
  cr_assert_eq(i.imm[0].width, 5);
  cr_assert_eq(i.imm[0].offset, 1);
}

Test(instr, padded_negative_constant) {
  INSTR(i, "\101\377\377\377\377\177");
  cr_assert_eq((int64_t)i.imm[0].value, -1);
  cr_assert_eq(i.imm[0].width, 5);
}

Test(instr, memarg_with_memory) {
  INSTR(i, "\50\102\3\200\200\200\200\20");
  cr_assert_eq(i.imm_count, 3);
  cr_assert_eq(i.imm[0].value, 2);
  cr_assert_eq(i.imm[1].kind, DEC_IMM_MEMORY);
  cr_assert_eq(i.imm[1].value, 3);
  cr_assert_eq(i.imm[2].value, (uint64_t)1 << 32);
}

Test(instr, br_table) {
  INSTR(i, "\16\2\0\1\2");
  DecList list = decode_list(code, &i);
  uint64_t expected = 0;
  for (DecImm imm; decode_list_next(&list, &imm); expected++) {
    cr_assert_eq(imm.kind, DEC_IMM_LABEL);
    cr_assert_eq(imm.value, expected);
  }
  cr_assert_eq(expected, 3);
}

Test(instr, try_table) {
  INSTR(i, "\37\100\2\0\205\200\200\200\0\1\2\0");
  static const DecImmKind kinds[] = {DEC_IMM_CATCH, DEC_IMM_TAG, DEC_IMM_LABEL,
                                     DEC_IMM_CATCH, DEC_IMM_LABEL};
  DecList list = decode_list(code, &i);
  size_t n = 0;
  for (DecImm imm; decode_list_next(&list, &imm); n++) {
    cr_assert_eq(imm.kind, kinds[n]);
    cr_assert(n != 1 || (imm.value == 5 && imm.width == 5));
  }
  cr_assert_eq(n, 5);
}

Test(instr, prefixes) {
  {
    INSTR(i, "\374\10\1\0");
    cr_assert_str_eq(i.name, "memory.init");
    cr_assert_eq(i.opcode, DEC_OPCODE(WASM_OPCODE_MISC_PREFIX, 8));
  }
  {
    INSTR(i, "\375\14\0\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17");
    cr_assert_eq(i.imm[0].width, 16);
  }
  {
    INSTR(i, "\375\223\2");
    cr_assert_str_eq(i.name, "i32x4.relaxed_dot_i8x16_i7x16_add_s");
  }
  {
    INSTR(i, "\376\36\2\0");
    cr_assert_str_eq(i.name, "i32.atomic.rmw.add");
  }
}

Test(instr, block_types) {
  {
    INSTR(i, "\2\100");
    cr_assert_eq(i.imm[0].kind, DEC_IMM_BLOCK_TYPE);
    cr_assert_eq(i.imm[0].value, WASM_TYPE_NORESULT);
  }
  {
    INSTR(i, "\2\205\200\200\200\0");
    cr_assert_eq(i.imm[0].kind, DEC_IMM_TYPE);
    cr_assert_eq(i.imm[0].value, 5);
  }
}

/* malformed */

typedef struct {
  const char *text;
  size_t size, offset;
  const char *field;
} Bad;

#define BAD(text, offset, field) {text, sizeof(text) - 1, offset, field}

static const Bad bad[] = {
    BAD("", 0, "magic number"),
    BAD("\0ASM\1\0\0\0", 0, "magic number"),
    BAD("\0asm\1\0", 4, "version"),
    BAD("\0asm\15\0\1\0", 4, "version"),
    BAD(HEAD "\1", 9, "section size"),
    BAD(HEAD "\1\5\0", 10, "section size"),
    BAD(HEAD "\16\0", 8, "section id"),
    BAD(HEAD TYPE TYPE, 14, "section id"),
    BAD(HEAD MEMORY TABLE, 13, "section id"),
    BAD(HEAD "\1\200\200\200\200\20", 9, "section size"),
    BAD(HEAD "\1\1\177", 10, "type count"),
    BAD(HEAD "\1\4\1\141\0\0", 11, "type form"),
    BAD(HEAD "\1\5\1\140\1\100\0", 13, "value type"),
    BAD(HEAD "\1\5\1\140\0\0\0", 14, "section"),
    BAD(HEAD TYPE "\2\7\1\1e\1\377\0\0", 20, "import name"),
    BAD(HEAD TYPE "\2\7\1\1e\1f\0\1", 22, "type index"),
    BAD(HEAD TYPE "\2\6\1\1e\1f\5", 21, "import kind"),
    BAD(HEAD "\3\2\1\0", 11, "type index"),
    BAD(HEAD TYPE FUNC, 18, "body count"),
    BAD(HEAD TYPE FUNC "\12\1\0", 20, "body count"),
    BAD(HEAD "\4\4\1\177\0\1", 11, "table type"),
    BAD(HEAD "\4\5\1\160\1\2\1", 12, "limits"),
    BAD(HEAD "\5\3\1\2\1", 11, "limits flags"),
    BAD(HEAD "\5\3\1\20\1", 11, "limits flags"),
    BAD(HEAD "\5\5\1\0\201\200\4", 11, "limits"),
    BAD(HEAD TYPE "\15\3\1\1\0", 17, "tag attribute"),
    BAD(HEAD "\6\6\1\177\2\101\0\13", 12, "mutability"),
    BAD(HEAD "\6\5\1\177\0\101\200", 15, "i32 constant"),
    BAD(HEAD "\6\5\1\177\0\152\13", 13, "global init"),
    BAD(HEAD "\6\5\1\177\0\1\13", 13, "global init"),
    BAD(HEAD "\6\6\1\177\0\43\0\13", 14, "global index"),
    BAD(HEAD "\6\10\1\177\0\101\0\101\0\13", 13, "global init"),
    BAD(HEAD TYPE FUNC "\7\5\1\1f\0\1" CODE, 24, "export index"),
    BAD(HEAD TYPE FUNC "\7\11\2\1f\0\0\1f\0\0" CODE, 25, "export name"),
    BAD(HEAD TYPE FUNC "\10\1\1" CODE, 20, "start function"),
    BAD(HEAD "\11\6\1\10\101\0\13\0", 11, "element flags"),
    BAD(HEAD "\11\6\1\0\101\0\13\0", 12, "element table"),
    BAD(HEAD TABLE "\11\7\1\0\101\0\13\1\0", 22, "element function"),
    BAD(HEAD TYPE FUNC "\12\4\1\3\0\13", 22, "body size"),
    BAD(HEAD TYPE FUNC "\12\3\1\1\0", 23, "body"),
    BAD(HEAD TYPE FUNC "\12\4\1\2\5\13", 22, "local group count"),
    BAD(HEAD MEMORY "\13\6\1\0\101\0\13\5", 21, "data size"),
    BAD(HEAD MEMORY "\13\3\1\3\0", 16, "data flags"),
    BAD(HEAD "\13\6\1\0\101\0\13\0", 11, "data memory"),
    BAD(HEAD "\14\1\1", 11, "data count"),
    BAD(HEAD "\14\1\1\13\1\0", 13, "data segment count"),
    BAD(HEAD "\0\2\5a", 11, "custom section name"),
    BAD(ONE_FUNC "\0\13\4name\1\4\1\1\1f", 34, "name index"),
    BAD(ONE_FUNC "\0\16\4name\1\7\2\0\1f\0\1g", 37, "name index"),
    BAD(HEAD "\0\13\4name\7\1\0\0\1\0", 18, "sub-section id"),
    BAD(HEAD "\0\11\4name\7\0\7\0", 17, "name count"),
    BAD(HEAD "\0\11\4name\7\5\0\0", 17, "sub-section size"),
    BAD(HEAD "\0\24\17target_features\1*\1x", 27, "feature prefix"),
    BAD(HEAD TYPE "\0\11\10dylink.0", 14, "section id"),
    BAD(HEAD "\0\13\10dylink.0\1\0", 21, "dylink memory size"),
    BAD(HEAD "\0\11\7linking\1", 18, "linking version"),
    BAD(HEAD LINKING LINKING, 19, "section id"),
    BAD(HEAD "\0\17\7linking\2\10\4\1\7\0\0", 22, "symbol kind"),
    BAD(ONE_FUNC "\0\21\7linking\2\10\6\1\0\20\0\1f", 40, "symbol index"),
    BAD(ONE_FUNC "\0\21\7linking\2\10\6\1\0\0\1\1f", 40, "symbol index"),
    BAD(HEAD MEMORY "\13\7\1\0\101\0\13\1x"
                    "\0\23\7linking\2\10\10\1\1\0\1d\0\1\1",
        41, "symbol offset"),
    BAD(ONE_FUNC "\0\17\7linking\2\10\4\1\3\2\1", 40, "symbol section"),
    BAD(HEAD "\0\20\7linking\2\5\5\1\1d\0\0", 21, "segment info count"),
    BAD(HEAD "\0\16\7linking\2\6\3\1\0\0", 23, "init symbol"),
    BAD(HEAD "\0\21\7linking\2\7\6\1\1c\1\1\0", 24, "comdat flags"),
    BAD(ONE_FUNC LINKING "\0\20\12reloc.CODE\2\1\32\0\0", 52,
        "relocation index"),
    BAD(ONE_FUNC "\0\15\12reloc.CODE\2\0", 24, "section id"),
    BAD(ONE_FUNC LINKING "\0\15\12reloc.CODE\0\0", 48, "relocation section"),
    BAD(ONE_FUNC LINKING "\0\20\12reloc.CODE\2\1\33\0\0", 50,
        "relocation type"),
    BAD(ONE_FUNC LINKING "\0\20\12reloc.CODE\2\1\6\0\0", 51,
        "relocation offset"),
};

Test(malformed, says_where_and_what) {
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    uint8_t *bytes = copy(bad[i].text, bad[i].size);
    DecModule m;
    DecError error;
    bool ok = decode_module(&m, bytes, bad[i].size, &error);
    cr_expect(!ok, "case %zu, %s, was accepted", i, bad[i].field);
    if (!ok) {
      cr_expect_str_eq(error.field, bad[i].field, "case %zu: %s, not %s", i,
                       error.field, bad[i].field);
      cr_expect_eq(error.offset, bad[i].offset, "case %zu, %s: %zu, not %zu", i,
                   error.field, error.offset, bad[i].offset);
    }
    decode_free(&m);
    free(bytes);
  }
}

/* Every prefix of a good object is malformed or a shorter module, and none is
   read beyond its end. */
Test(malformed, cut_short) {
  static const char text[] = ONE_FUNC LINKING;
  for (size_t n = 0; n < sizeof text - 1; n++) {
    uint8_t *bytes = copy(text, n);
    DecModule m;
    DecError error;
    bool ok = decode_module(&m, bytes, n, &error);
    bool is_whole = n == 8 || n == 14 || n == 24;
    cr_expect_eq(ok, is_whole, "%zu bytes", n);
    cr_expect(ok || error.offset <= n);
    decode_free(&m);
    free(bytes);
  }
}

static const Bad bad_code[] = {
    BAD(HEAD TYPE FUNC "\12\4\1\2\0\27", 23, "opcode"),
    BAD(HEAD TYPE FUNC "\12\5\1\3\0\20\1", 24, "function index"),
    BAD(HEAD TYPE FUNC "\12\7\1\5\0\2\100\1\13", 27, "end"),
    BAD(HEAD TYPE FUNC "\12\5\1\3\0\13\13", 24, "body"),
    BAD(HEAD TYPE FUNC "\12\6\1\4\0\14\1\13", 24, "label"),
    BAD(HEAD TYPE FUNC "\12\6\1\4\0\40\0\13", 24, "local index"),
    BAD(HEAD TYPE FUNC "\12\10\1\6\0\16\1\0\1\13", 26, "label"),
    BAD(HEAD TYPE FUNC "\12\6\1\4\0\40\200\13", 24, "local index"),
    BAD(HEAD TYPE FUNC "\12\6\1\4\0\30\0\13", 24, "label"),
    BAD(HEAD TYPE FUNC "\12\13\1\11\0\101\377\377\377\377\10\32\13", 24,
        "i32 constant"),
};

Test(malformed, code) {
  for (size_t i = 0; i < sizeof bad_code / sizeof *bad_code; i++) {
    uint8_t *bytes = copy(bad_code[i].text, bad_code[i].size);
    DecModule m;
    DecError error;
    cr_assert(decode_module(&m, bytes, bad_code[i].size, &error),
              "case %zu: %s at %zu", i, error.field, error.offset);
    cr_assert(!decode_code(&m, &error), "case %zu", i);
    cr_expect_str_eq(error.field, bad_code[i].field, "case %zu: %s", i,
                     error.field);
    cr_expect_eq(error.offset, bad_code[i].offset, "case %zu: %zu", i,
                 error.offset);
    decode_free(&m);
    free(bytes);
  }
}

/* A count is compared with the bytes left before any memory is asked for. */
Test(malformed, counts_ask_for_no_memory) {
  static const char text[] = HEAD "\1\5\377\377\377\377\17";
  uint8_t *bytes = copy(text, sizeof text - 1);
  DecModule m;
  DecError error;
  cr_assert(!decode_module(&m, bytes, sizeof text - 1, &error));
  cr_assert_str_eq(error.field, "type count");
  decode_free(&m);
  free(bytes);
}
