-- The ledger: every statement that a linker can keep or break, each with an id that never changes.
--
-- The documents of the convention are pinned to one revision; their hashes are kept, not their
-- text.  A clause is { id, force, statement in our own words [, why no case shows it] }, in the
-- chapter under whose heading the document says it.  Force is
--   must, should, may   the document says so
--   silent              it does not say; the statement is what linkers do
--   open                it can be read in two ways, or says what no linker does: a question
--   de-facto            no document: what wasm-ld does, and objects rely on
--   ours                of linkspec alone
-- Cases cite clauses by their ids.  An id is never used for anything else, and never reused.

return {
  revision = "8e3191e4992b7e96369ebcfec3af86610464ec27", -- of WebAssembly/tool-conventions
  documents = {
    { name = "Linking.md",
      sha256 = "1dd0856405664a09c734b7ff0102cbdfd1f0a308774c1b5ca3dfaae9a71f81b3",
      headings = { "overview", "relocation-sections", "object-file-validation-rules",
        "linking-metadata-section", "segment-info-subsection", "init-functions-subsection",
        "symbol-table-subsection", "comdat-info-subsection", "target-features-section",
        "merging-global-sections", "merging-event-sections", "merging-function-sections",
        "merging-data-sections", "merging-custom-sections", "comdats", "processing-relocations",
        "start-section", "experimental-threading-support", "lowering-atomics-and-tls-to-mvp",
        "shared-memory-and-passive-segments", "thread-local-storage", "limitations" } },
    { name = "DynamicLinking.md",
      sha256 = "0e0cb18d6df02587394f01440a3d567db3d1e2e7718503c4f2c0b5442ca11d4e",
      headings = { "dynamic-libraries", "the-dylink0-section", "interface-and-usage",
        "relocations", "imports", "text-format-of-dylink0", "exports",
        "note-for-memorytable-exports", "implementation-status" } },
    { name = "BuildId.md",
      sha256 = "95712effddc2778352338e8f0b72a66a564467d32f3d358b939f20a6bb3b4d07",
      headings = { "build-id-section", "implementation-notes" } },
    { name = "ProducersSection.md",
      sha256 = "f0397bb162ed1b21cb18e3b7f1d9682c629a1f140d90058f01b9047ece409e53",
      headings = { "custom-section", "known-list", "text-format" } },
    { name = "CodeMetadata.md",
      sha256 = "2d87488513ae697db3a0d15e98eaf944db780980870f340a73bfd2d34f6494a1",
      headings = { "code-metadata", "binary-representation", "text-representation",
        "code-metadata-well-known-types" } },
    { name = "practice", -- what is nowhere written, in chapters of our own
      headings = { "container", "object", "archives", "symbols", "garbage-collection",
        "functions-and-startup", "table", "globals-and-tags", "memory-layout", "threads", "wasm64",
        "relocatable-output", "debug-and-custom-sections", "command-line", "zig-layout",
        "libraries", "modules-for-a-loader", "judge", "units" } },
  },
  -- Files below clauses/.
  parts = { "format", "merging", "dynamic", "practice", "loading", "library" },
  questions = { "questions", "loading_questions" },
  tried = "wasm-ld 14.0.6, 15.0.6, 16.0.6, 19.1.7 and 22.1.2, Zig 0.16.0's own linker",
}
