/* archive.c: an archive -> its members.  Two shapes: "!<arch>" holds the
   members' bytes, "!<thin>" only their paths.  Member names come in three
   spellings: short ("a.o/"), GNU long ("/123", an offset into the member
   "//"), and BSD long ("#1/20", the name is the first 20 bytes of the body).

   The symbol index ("/", "/SYM64/", "__.SYMDEF") is not used: as in wasm-ld
   since 19, a member's own symbol table says what it defines, so an archive
   links the same with a stale index, or with none.  But of LLVM's bitcode,
   which cannot be read here, the index alone tells whether it is needed. */

#include <string.h>

#include "link.h"

enum { MAGIC_SIZE = 8, HEADER_SIZE = 60 };

/* [archive.format.gnu] */
bool is_archive(const u8 *bytes, size_t size) {
  return size >= MAGIC_SIZE && (memcmp(bytes, "!<arch>\n", 8) == 0 ||
                                memcmp(bytes, "!<thin>\n", 8) == 0);
}

/* Plain, or in the wrapper that some targets put around it.
   [object.bitcode] */
bool is_bitcode(const u8 *bytes, size_t size) {
  return size >= 4 && (memcmp(bytes, "BC\xc0\xde", 4) == 0 ||
                       memcmp(bytes, "\xde\xc0\x17\x0b", 4) == 0);
}

typedef struct Member {
  Str name;
  u64 size;     /* of the body */
  bool special; /* an index or the name table: always in the archive itself */
} Member;

static Str trim_right(Str s) {
  while (s.n && s.p[s.n - 1] == ' ')
    s.n--;
  return s;
}

/* A decimal number, blank-padded on the right. */
static u64 read_decimal(Cursor *c, size_t width, const char *field) {
  Where w = at_cursor(c, field);
  Str s =
      trim_right((Str){(const char *)read_bytes(c, width, field), (u32)width});
  u64 v = 0;
  for (u32 i = 0; i < s.n; i++) {
    if (s.p[i] < '0' || s.p[i] > '9')
      fail(c->link, DIAG_ARCHIVE_NUMBER, w, field);
    v = v * 10 + (u64)(s.p[i] - '0');
  }
  if (!s.n)
    fail(c->link, DIAG_ARCHIVE_NUMBER, w, field);
  return v;
}

/* A name of GNU's table ends with a slash and a line feed, one of COFF's with a
   NUL.
   [archive.long-name] [archive.format.coff] */
static Str long_name(Cursor *c, Str table, Str ref, Where w) {
  u64 at = 0;
  for (u32 i = 1; i < ref.n; i++) {
    if (ref.p[i] < '0' || ref.p[i] > '9')
      fail(c->link, DIAG_ARCHIVE_NAME, w);
    at = at * 10 + (u64)(ref.p[i] - '0');
    if (at >= table.n)
      fail(c->link, DIAG_ARCHIVE_NAME, w);
  }
  Str s = {table.p + at, 0};
  while (s.n < table.n - at && s.p[s.n] != '\n' && s.p[s.n] != '\0')
    s.n++;
  if (s.n == table.n - at)
    fail(c->link, DIAG_ARCHIVE_NAME, w);
  if (s.p[s.n] == '\0')
    return s;
  if (!s.n || s.p[s.n - 1] != '/')
    fail(c->link, DIAG_ARCHIVE_NAME, w);
  return (Str){s.p, s.n - 1};
}

/* The 60-byte header and, where the name is stored elsewhere, that name: BSD's
   may have NULs behind it, which end it as text.
   [archive.header] [archive.format.bsd] */
static Member read_header(Cursor *c, Str *table) {
  Where w = at_cursor(c, "member name");
  Member m = {.name = {(const char *)read_bytes(c, 16, "member name"), 16}};
  read_bytes(c, 32, "member date, owner and mode");
  m.size = read_decimal(c, 10, "member size");
  Where end = at_cursor(c, "member header end");
  if (memcmp(read_bytes(c, 2, "member header end"), "`\n", 2) != 0)
    fail(c->link, DIAG_ARCHIVE_HEADER, end);
  m.name = trim_right(m.name);
  if (str_is(m.name, "/") || str_is(m.name, "//") ||
      str_is(m.name, "/SYM64/")) {
    m.special = true;
    return m;
  }
  if (str_starts(m.name, "#1/")) {
    Str digits = {m.name.p + 3, m.name.n - 3};
    u64 n = 0;
    for (u32 i = 0; i < digits.n; i++) { /* 13 at most */
      if (digits.p[i] < '0' || digits.p[i] > '9')
        fail(c->link, DIAG_ARCHIVE_NAME, w);
      n = n * 10 + (u64)(digits.p[i] - '0');
    }
    if (n > m.size || n > UINT32_MAX)
      fail(c->link, DIAG_ARCHIVE_NAME, w);
    m.name = (Str){(const char *)read_bytes(c, n, "member name"), (u32)n};
    m.size -= n;
  } else if (m.name.n && m.name.p[0] == '/') {
    m.name = long_name(c, *table, m.name, w);
  } else if (m.name.n && m.name.p[m.name.n - 1] == '/') {
    m.name.n--;
  }
  m.special = str_starts(m.name, "__.SYMDEF");
  return m;
}

static Object *make_member(Link *l, const Input *in, Str name, const u8 *bytes,
                           size_t size) {
  Object *o = new_object(l, in, bytes, size);
  o->basename = format(l, "%.*s", (int)name.n, name.p);
  o->name = format(l, "%s(%s)", in->path, o->basename);
  o->in_archive = true;
  o->lazy = !in->whole_archive;
  return o;
}

/* The bytes of a thin archive's member, from the host.
   [archive.format.thin] */
static const u8 *open_thin(Link *l, const Input *in, Str name, Where w,
                           size_t *size) {
  const u8 *bytes = NULL;
  const char *path = format(l, "%.*s", (int)name.n, name.p);
  const Request *r = l->request;
  if (!r->open_member || !r->open_member(r->host, in->path, path, &bytes, size))
    fail(l, DIAG_THIN_MEMBER, w, path);
  return bytes;
}

/* GNU's index: what each member defines, by the member's offset in the archive,
   which is the key as the index holds it: 32 bits, the highest first. */
typedef struct Index {
  const u8 *p;
  size_t size; /* 0: there is none, or it has been read */
  Map by_offset;
  VEC(StrVec) names;
} Index;

/* A count, so many offsets, and as many names, each with a NUL behind it.  One
   that is broken tells nothing, as if it were not there. */
static void read_index(Link *l, Index *x) {
  size_t whole = x->size;
  x->size = 0;
  if (whole < 4)
    return;
  const u8 *p = x->p, *end = p + whole;
  u32 n = (u32)p[0] << 24 | (u32)p[1] << 16 | (u32)p[2] << 8 | p[3];
  if (n > (whole - 4) / 4)
    return;
  const char *name = (const char *)p + 4 + 4 * (size_t)n;
  for (u32 i = 0; i < n; i++) {
    size_t left = (size_t)((const char *)end - name),
           size = strnlen(name, left);
    if (size == left)
      return;
    Str key = {(const char *)p + 4 + 4 * (size_t)i, 4};
    bool fresh;
    u32 *at = map_slot(l, &x->by_offset, key, &fresh);
    if (fresh) {
      *at = x->names.n;
      VEC_PUSH(l, x->names, (StrVec){0});
    }
    VEC_PUSH(l, x->names.p[*at], ((Str){name, (u32)size}));
    name += size + 1;
  }
}

/* The member at this offset is bitcode.  Loading it will fail; but it need not
   be loaded. */
static void describe_bitcode(Link *l, Object *o, Index *x, u64 offset) {
  const u8 key[4] = {(u8)(offset >> 24), (u8)(offset >> 16), (u8)(offset >> 8),
                     (u8)offset};
  o->bitcode = true;
  read_index(l, x);
  u32 at = map_get(&x->by_offset, (Str){(const char *)key, 4});
  if (at != NONE && offset <= UINT32_MAX)
    o->defined = x->names.p[at];
  else if (o->lazy)
    report(l, DIAG_BITCODE_SKIPPED, in_object(o));
}

/* [library.member] [archive.size] [archive.format.padding] */
ObjectVec read_archive(Link *l, const Input *in) {
  ObjectVec members = {0};
  Index index = {0};
  bool thin = memcmp(in->bytes, "!<thin>\n", MAGIC_SIZE) == 0;
  Cursor c = {l, in->path, in->bytes + MAGIC_SIZE, in->bytes + in->size,
              in->bytes};
  Str table = {0};
  while (cursor_left(&c)) {
    Where w = at_cursor(&c, "member header");
    Member m = read_header(&c, &table);
    bool inside = !thin || m.special;
    size_t size = m.size;
    if (inside && size > cursor_left(&c))
      fail(l, DIAG_ARCHIVE_SIZE, w, m.size, cursor_left(&c));
    const u8 *bytes = inside ? read_bytes(&c, size, "member body")
                             : open_thin(l, in, m.name, w, &size);
    if (m.special && str_is(m.name, "//"))
      table = (Str){(const char *)bytes, (u32)size};
    if (m.special && str_is(m.name, "/") && !index.p) /* COFF has another */
      index = (Index){.p = bytes, .size = size};
    if (cursor_offset(&c) % 2 && cursor_left(&c))
      read_u8(&c, "member padding"); /* members begin at even offsets */
    if (m.special)
      continue;
    Object *o = make_member(l, in, m.name, bytes, size);
    if (is_bitcode(bytes, size))
      describe_bitcode(l, o, &index, w.offset);
    if (o->bitcode || (size >= 4 && memcmp(bytes, WASM_MAGIC, 4) == 0 &&
                       !is_shared_library(l, o)))
      VEC_PUSH(l, members, o);
    else if (in->whole_archive)
      fail(l, DIAG_NOT_WASM, in_object(o));
    else
      report(l, DIAG_MEMBER_SKIPPED, in_object(o));
  }
  return members;
}
