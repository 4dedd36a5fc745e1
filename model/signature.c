/* signature.c: function types, each kept once, so that equal ones are one
   pointer; and types as people read them. */

#include <string.h>

#include "link.h"

const Signature *intern_signature(Link *l, const u8 *types, u32 nparams,
                                  u32 nresults) {
  /* The key is the types with the parameter count in front. */
  u32 n = nparams + nresults;
  bool before = begin_storing(l), fresh; /* objects that are kept share them */
  char *key = NEW_ARRAY(l, char, (size_t)n + 4);
  memcpy(key, &nparams, 4);
  if (n)
    memcpy(key + 4, types, n);
  u32 *slot = map_slot(l, &l->signature_map, (Str){key, n + 4}, &fresh);
  if (fresh) {
    Signature *s = NEW(l, Signature);
    *s = (Signature){(const u8 *)key + 4, nparams, nresults, {NONE}, NULL};
    *slot = l->signatures.n;
    VEC_PUSH(l, l->signatures, s);
  }
  end_storing(l, before);
  return l->signatures.p[*slot];
}

const char *type_text(u8 t) {
  switch (t) {
  case WASM_TYPE_I32: return "i32";
  case WASM_TYPE_I64: return "i64";
  case WASM_TYPE_F32: return "f32";
  case WASM_TYPE_F64: return "f64";
  case WASM_TYPE_V128: return "v128";
  case WASM_TYPE_FUNCREF: return "funcref";
  case WASM_TYPE_EXTERNREF: return "externref";
  default: return "exnref";
  }
}

static const char *types_text(Link *l, const u8 *types, u32 n) {
  Buf b = {.link = l};
  for (u32 i = 0; i < n; i++) {
    const char *t = type_text(types[i]);
    put_bytes(&b, i ? ", " : "", i ? 2 : 0);
    put_bytes(&b, t, strlen(t));
  }
  put_u8(&b, 0);
  return (const char *)b.p;
}

const char *signature_text(Link *l, const Signature *sig) {
  if (!sig)
    return "(unknown)";
  const char *results = types_text(l, sig->types + sig->nparams, sig->nresults);
  return format(l, sig->nresults > 1 ? "(%s) -> (%s)" : "(%s) -> %s",
                types_text(l, sig->types, sig->nparams),
                sig->nresults ? results : "void");
}
