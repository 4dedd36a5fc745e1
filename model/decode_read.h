/* decode_read.h: what the files of the decoder share, and nobody else uses:
   bounded reads that name their field, memory, and the entries of each part.
   Rule of thumb: after the first error every read gives zero and every loop
   ends, so no caller needs to look until its section is done. */

#ifndef LINKSPEC_DECODE_READ_H
#define LINKSPEC_DECODE_READ_H

#include "decode.h"

/* Whether no error has happened yet. */
bool dec_ok(const DecCursor *c);

/* Records the first error: where, in which field, and what, as printf. */
void dec_fail(DecCursor *c, size_t offset, const char *field,
              const char *format, ...) __attribute__((format(printf, 4, 5)));

size_t dec_left(const DecCursor *c);
uint8_t dec_u8(DecCursor *c, const char *field);
uint32_t dec_fixed32(DecCursor *c, const char *field); /* little-endian */
uint64_t dec_fixed64(DecCursor *c, const char *field);

/* LEB128 of at most 32, 64 or 33 bits; padding is allowed up to the number
   of bytes the specification allows. */
uint32_t dec_u32(DecCursor *c, const char *field);
uint64_t dec_u64(DecCursor *c, const char *field);
int64_t dec_s32(DecCursor *c, const char *field);
int64_t dec_s33(DecCursor *c, const char *field);
int64_t dec_s64(DecCursor *c, const char *field);

/* An index that must be less than limit. */
uint32_t dec_index(DecCursor *c, uint32_t limit, const char *field);

/* How many items follow; fails unless each can have least bytes (> 0). */
uint32_t dec_count(DecCursor *c, size_t least, const char *field);

/* That many bytes; a length and bytes; the same, which must be UTF-8. */
DecBytes dec_bytes(DecCursor *c, size_t size, const char *field);
DecBytes dec_blob(DecCursor *c, const char *field);
DecBytes dec_name(DecCursor *c, const char *field);

/* A cursor over the next size bytes, past which c moves. */
DecCursor dec_sub(DecCursor *c, size_t size, const char *field);

/* Fails unless all bytes have been read. */
void dec_finish(DecCursor *c, const char *field);

/* A value type (of a reference, if only those are allowed). */
uint8_t dec_value_type(DecCursor *c, const char *field);
uint8_t dec_ref_type(DecCursor *c, const char *field);
bool dec_is_value_type(uint32_t type);

/* Cleared memory for count items, freed by decode_free().  Null if count is
   0 or after an error. */
void *dec_alloc(DecModule *m, DecCursor *c, uint32_t count, size_t size);

/* A constant expression up to and with its end.  Indices are checked against
   what the module has when it is read. */
DecExpr dec_expr(const DecModule *m, DecCursor *c, const char *field);

/* The contents of a known custom section (decode_meta.c); section is the
   index of it in m->sections.  Unknown ones are left alone. */
void dec_custom(DecModule *m, DecCursor *c, uint32_t section);

/* The contents of "linking" and of "reloc.*" (decode_linking.c). */
void dec_linking(DecModule *m, DecCursor *c, uint32_t section);
void dec_relocs(DecModule *m, DecCursor *c, uint32_t section);

/* Sub-sections: moves past one and gives its id and a cursor over it; how
   many follow; keeps one that has no meaning here. */
DecCursor dec_next_sub(DecCursor *c, uint8_t *id);
uint32_t dec_count_subs(DecCursor c);
void dec_keep_raw(DecSub *others, uint32_t *count, uint8_t id, DecCursor *sub);

/* What can be said only when all sections are read: names of the entries of
   the index spaces (decode_meta.c). */
void dec_give_names(DecModule *m);

#endif
