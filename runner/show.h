/* show.h: parts of a decoded module as text, for `linkspec dump` and
   `linkspec diff`.  Things are called by name where one is known ($main),
   else by place (func[3]); no text contains a control character or a line
   end of the input. */

#ifndef LINKSPEC_SHOW_H
#define LINKSPEC_SHOW_H

#include <stdio.h>

#include "../model/decode.h"

/* A name or other bytes of the file, with \xx for what is not printable. */
void show_text(FILE *out, DecBytes text);
/* $name, or space[index] if the name is empty. */
void show_item(FILE *out, const char *space, DecBytes name, uint32_t index);
/* Something of an external kind (WASM_EXTERNAL_x). */
void show_external(FILE *out, const DecModule *m, uint8_t kind, uint32_t index);
/* "func", "table", ... for WASM_EXTERNAL_x. */
const char *show_kind(uint8_t kind);
/* "i32" for WASM_TYPE_x. */
const char *show_value_type(uint64_t type);
/* (i32 i32) -> (i64) */
void show_type(FILE *out, const DecModule *m, uint32_t type);
void show_limits(FILE *out, const DecLimits *limits);
void show_table(FILE *out, const DecTable *table);
void show_global(FILE *out, const DecModule *m, const DecGlobal *global);
/* The instructions of a constant expression, without the end. */
void show_expr(FILE *out, const DecModule *m, const DecExpr *expr);
void show_instr(FILE *out, const DecModule *m, const DecInstr *instr);
/* Locals and instructions of a defined function, a line each, relocations
   below the instruction they apply to.  with_offsets: file offsets too. */
void show_body(FILE *out, const DecModule *m, uint32_t func, bool with_offsets);
/* Bytes as rows of 16: address, hex, characters. */
void show_bytes(FILE *out, DecBytes bytes, uint64_t address);
/* "code", or the name of a custom section. */
void show_section(FILE *out, const DecSection *section);
/* Kind, name and what it stands for, of a symbol of the linking section. */
void show_symbol_name(FILE *out, const DecModule *m, uint32_t symbol);
void show_symbol(FILE *out, const DecModule *m, const DecSymbol *symbol);
/* Kind, symbol and addend. */
void show_reloc(FILE *out, const DecModule *m, const DecReloc *reloc);
/* Mode and place of a segment. */
void show_elem_head(FILE *out, const DecModule *m, const DecElem *elem);
void show_data_head(FILE *out, const DecModule *m, uint32_t data);

#endif
