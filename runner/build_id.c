/* build_id.c: the bytes that identify a module, for --build-id.

   Takes the module with blanks where the id will be, gives the id.  Hashes of
   a file are hashes of the hashes of its parts, a mebibyte each, so that they
   can be computed in parallel; they must be what wasm-ld computes, so that a
   build keeps its id whichever linker made it. */

#include <ctype.h>
#include <sha1.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "runner.h"

enum { PART = 1 << 20, UUID_SIZE = 16, MAX_HASH = SHA1_DIGEST_LENGTH };

typedef void Hash(const u8 *p, size_t n, u8 *out);

static void hash_sha1(const u8 *p, size_t n, u8 *out) {
  SHA1_CTX c;
  SHA1Init(&c);
  SHA1Update(&c, p, n);
  SHA1Final(out, &c);
}

static void hash_xxh3(const u8 *p, size_t n, u8 *out) {
  u64 h = XXH3_64bits(p, n);
  for (unsigned i = 0; i < 8; i++)
    out[i] = (u8)(h >> (8 * i));
}

static void hash_tree(LdRequest *r, Hash *hash, unsigned size, const u8 *p,
                      size_t n, u8 *out) {
  size_t parts = (n + PART - 1) / PART;
  u8 *hashes = ld_alloc(r, parts * size);
  for (size_t i = 0; i < parts; i++)
    hash(p + i * PART, i + 1 < parts ? PART : n - i * PART, hashes + i * size);
  hash(hashes, parts * size, out);
}

/* The version and the variant of a UUID (RFC 9562). */
static void mark_uuid(u8 *id, unsigned version) {
  id[6] = (u8)((id[6] & 0x0f) | version << 4);
  id[8] = (u8)((id[8] & 0x3f) | 0x80);
}

/* A UUID of version 5: the SHA-1 of a namespace, here wasm-ld's, and of a name
   in it, here the hash of the file. */
static void name_uuid(LdRequest *r, const u8 *p, size_t n, u8 *id) {
  u8 text[UUID_SIZE + 8] = {0xA1, 0xFA, 0x48, 0x2D, 0x0E, 0x22, 0x03, 0x8D,
                            0x33, 0x8B, 0x52, 0x1C, 0xD6, 0xD2, 0x12, 0xB2};
  u8 sha1[MAX_HASH];
  hash_tree(r, hash_xxh3, 8, p, n, text + UUID_SIZE);
  hash_sha1(text, sizeof text, sha1);
  memcpy(id, sha1, UUID_SIZE);
  mark_uuid(id, 5);
}

static void random_uuid(LdRequest *r, u8 *id) {
  if (getentropy(id, UUID_SIZE) != 0)
    ld_message(r, SEVERITY_ERROR, "file", "no random numbers for --build-id");
  mark_uuid(id, 4);
}

void build_id(void *host, const u8 *module, size_t size, u8 *id) {
  LdRequest *r = host;
  switch (r->build_id) {
  case BUILD_ID_FAST: name_uuid(r, module, size, id); break;
  case BUILD_ID_SHA1:
    hash_tree(r, hash_sha1, MAX_HASH, module, size, id);
    break;
  case BUILD_ID_UUID: random_uuid(r, id); break;
  case BUILD_ID_HEX:
    if (r->options.build_id_size)
      memcpy(id, r->options.build_id_bytes, r->options.build_id_size);
    break;
  case BUILD_ID_NONE: break;
  }
}

/* Two digits a byte; where their number is odd, the last byte has one. */
static void set_hex(LdRequest *r, const char *digits) {
  size_t n = strlen(digits), size = (n + 1) / 2;
  u8 *bytes = ld_alloc(r, size);
  for (size_t i = 0; i < n; i++) {
    unsigned char c = (unsigned char)digits[i];
    if (!isxdigit(c)) {
      ld_message(r, SEVERITY_ERROR, "value", "not a hexadecimal value: %.2s",
                 digits + i / 2 * 2);
      return;
    }
    int digit = isdigit(c) ? c - '0' : tolower(c) - 'a' + 10;
    bytes[i / 2] = (u8)(bytes[i / 2] << 4 | digit);
  }
  r->build_id = BUILD_ID_HEX;
  r->options.build_id_bytes = bytes;
  r->options.build_id_size = (u32)size;
}

void build_id_style(LdRequest *r, const char *style) {
  Options *o = &r->options;
  r->build_id = BUILD_ID_NONE;
  o->build_id_bytes = NULL;
  o->build_id_size = UUID_SIZE;
  if (strcmp(style, "fast") == 0) {
    r->build_id = BUILD_ID_FAST;
  } else if (strcmp(style, "sha1") == 0 || strcmp(style, "tree") == 0) {
    r->build_id = BUILD_ID_SHA1;
    o->build_id_size = MAX_HASH;
  } else if (strcmp(style, "uuid") == 0) {
    r->build_id = BUILD_ID_UUID;
  } else if (strncmp(style, "0x", 2) == 0) {
    set_hex(r, style + 2);
  } else if (strcmp(style, "none") != 0) {
    ld_message(r, SEVERITY_ERROR, "value", "unknown --build-id style: %s",
               style);
  }
  o->build_id = r->build_id != BUILD_ID_NONE;
}
