-- Shared libraries as inputs of a link: what linkers do, where DynamicLinking.md says only what the
-- module must look like in the end.

return {
  { "practice", "libraries",
    { "library.input", "de-facto", "an input that begins with \"dylink.0\" is a shared library: " ..
      "its exports are symbols that nobody has to define" },
    { "library.static", "de-facto", "it is refused unless -Bdynamic is in force, as it is from " ..
      "the start with -shared and -pie" },
    { "library.needed", "de-facto", "each is listed as needed, by its file's name, in the order " ..
      "of the inputs" },
    { "library.definition-wins", "de-facto", "what an object defines is not the library's, " ..
      "wherever it stands" },
    { "library.weak-definition", "de-facto", "but a weak definition behind the library gives way" },
    { "library.first-wins", "de-facto", "a name that no member has been loaded for is the " ..
      "library's, and loads none any more" },
    { "library.function", "de-facto", "a function of a library is imported from env, as objects " ..
      "that call it say it is" },
    { "library.data", "de-facto", "an exported immutable global as wide as a pointer is the " ..
      "address of data: it comes from GOT.mem" },
    { "library.global", "ours", "any other exported global is that global, imported from env" },
    { "library.tag", "ours", "an exported tag is that tag, imported from env" },
    { "library.private", "de-facto", "__wasm_call_ctors, __wasm_apply_data_relocs, __start_ and " ..
      "__stop_ are each module's own" },
    { "library.signature", "de-facto", "a function that is called with another signature than " ..
      "the library's is an error; with --no-shlib-sigcheck the caller is right, but " ..
      "callers must agree" },
    { "library.program", "de-facto", "a program at fixed addresses can need libraries, too: it " ..
      "has \"dylink.0\", and code that fills in pointers to what is theirs" },
    { "library.static-code", "de-facto", "but its code must be position independent where it " ..
      "takes an address of theirs" },
    { "library.hidden", "open", "a hidden reference may mean a library's definition, too" },
    { "library.weak-reference", "de-facto", "a weak reference that a library satisfies is as a " ..
      "strong one" },
    { "library.kind", "de-facto", "a function and something else of one name are an error, " ..
      "though the object's definition counts" },
    { "library.undefined", "de-facto", "what a library leaves undefined is no reference of this " ..
      "link" },
    { "library.no-export", "de-facto", "options that name symbols export none of a library's" },
    { "library.entry", "ours", "a library's function is not the entry of a module" },
    { "library.member", "ours", "in an archive a library is no member" },
    { "library.width", "ours", "its memory is as wide as the link's; one without memory fits " ..
      "both" },
    { "library.legacy", "de-facto", "the section \"dylink\" of old makes a library, too" },
    { "library.debug", "de-facto", "in debug sections a library's function is as one that is " ..
      "left out, and its data are at 0" },
    { "library.format", "must", "its sections are those of a module, in order" },
  },
}
