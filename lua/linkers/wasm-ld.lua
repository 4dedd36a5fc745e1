-- linkers/wasm-ld.lua: how wasm-ld is called.  Also for names as wasm-ld-19.
--
-- An adapter is a table.  It must have
--   name                     as reports have it; cases/known/<name>.lua holds for such a linker
--   probe, version           arguments that print a version, and the pattern of it in that text
--   argv(list, version, files)   arguments for a link request, or nil and why it cannot be asked
--                            for; files: name -> bytes, of the request
-- and may have
--   command(name, program)   its command as a list, given the name asked for and the path of
--                            linkspec; without it, the program of that name
--   is_other(text)           whether what prints this is another linker, which takes the same
--                            options: what is known does not hold for it
--   files(files)             those that it gets in place of the request's
--   environment              list of "NAME=value"
--   memory                   bytes of memory, in place of --memory; 0: no limit
--   is_slow                  not one of `--linker all`: must be named
--   is_ours                  the reference linker: not one of them either, and nothing is known
--   unsupported, crash       lists of patterns, of what it says on standard error when it lacks
--                            something, which counts where it failed, or when it died
--   unknown                  the pattern of the options that it says it does not know
-- Rule of thumb: an option that a version has not is UNSUPPORTED, not a failure.

local adapter = { name = "wasm-ld", probe = { "--version" }, version = "LLD (%d[%d.]*)",
  environment = { "LLVM_DISABLE_SYMBOLIZATION=1" }, -- a crash is a verdict, not a report
  -- Before 16 a stub library was no input; cases give those the suffix .so.
  unsupported = { "unknown file type: [^\n]*%.so\n" },
  crash = { "LLVM ERROR", "Assertion", "PLEASE submit a bug report" },
}

function adapter.is_other(text)
  return not (text:find("^LLD %d") or text:find("^%a+ LLD %d"))
end

-- The first release that has an option; what is not listed, all have.
local SINCE = {
  ["--unresolved-symbols=import-dynamic"] = 15,
  ["--extra-features"] = 16, ["--why-extract"] = 16, ["-Bdynamic"] = 16, ["-dy"] = 16,
  ["--export-memory"] = 16, ["--import-memory="] = 16,
  ["--initial-heap"] = 19, ["--no-growable-memory"] = 19, ["--table-base"] = 19,
  ["--keep-section"] = 19, ["--build-id"] = 19, ["--soname"] = 19, ["--start-lib"] = 19,
  ["--end-lib"] = 19, ["--no-shlib-sigcheck"] = 19,
  ["--allow-multiple-definition"] = 20, ["--noinhibit-exec"] = 20, ["muldefs"] = 20,
  ["--page-size"] = 21, ["--rpath"] = 21, ["--no-stack-first"] = 22,
}

-- What linkspec alone has.
local OURS = { ["--layout"] = true }

local function since(option)
  local name = option:match("^[^=]+")
  return SINCE[option] or SINCE[name .. "="] and option:find("=") and SINCE[name .. "="]
    or SINCE[name] or 0
end

-- --validate is the model's own: wasm-ld checks objects in one way only.
local function without_validation(list)
  local argv = {}
  for _, word in ipairs(list) do
    if not word:find("^%-%-validate=") then argv[#argv + 1] = word end
  end
  return argv
end

function adapter.argv(list, version)
  local major = tonumber(version and version:match("^%d+"))
  for _, option in ipairs(list) do
    if OURS[option:match("^[^=]+")] then return nil, option .. " is linkspec's own" end
    if major and major < since(option) then
      return nil, ("%s is not in release %s"):format(option, version)
    end
  end
  return without_validation(list)
end

return adapter
