-- linkers/wasm-ld.lua: how wasm-ld is called.  Also for names as wasm-ld-19.
--
-- An adapter is a table:
--   name                     as reports have it
--   command                  default command as a list, given the name asked for
--   probe, version(text)     arguments that print a version, and that version in the text
--   identity(text)           the name of the known/<name>.lua that holds for a linker that prints
--                            this, or nil: others may take the same options
--   argv(list, version, files)   arguments for a link request, or nil and why it cannot be asked
--                            for; files: name -> bytes, of the request
--   files(files)             those that it gets instead, or nil: as they are
--   environment              list of "NAME=value", or nil
--   memory                   bytes of memory, in place of --memory; 0: no limit
--   is_slow                  not one of `--linker all`: must be named
--   classify(result)         "crash", "unsupported" or nil, from { code, out, err } of a link that
--                            failed
-- Rule of thumb: an option that a version has not is UNSUPPORTED, not a failure.

local adapter = { name = "wasm-ld", probe = { "--version" },
  environment = { "LLVM_DISABLE_SYMBOLIZATION=1" } } -- a crash is a verdict, not a report

function adapter.command(name) return { os.getenv("WASM_LD") or name } end

function adapter.version(text) return text:match("LLD (%d[%d.]*)") end

function adapter.identity(text)
  if text:match("^LLD %d") or text:match("^%a+ LLD %d") then return "wasm-ld" end
end

-- The first release that has an option; what is not listed, all have.
local SINCE = {
  ["--unresolved-symbols=import-dynamic"] = 15,
  ["--extra-features"] = 16, ["--why-extract"] = 16, ["-Bdynamic"] = 16, ["-dy"] = 16,
  ["--export-memory"] = 16, ["--import-memory="] = 16,
  ["--initial-heap"] = 19, ["--no-growable-memory"] = 19, ["--table-base"] = 19,
  ["--keep-section"] = 19, ["--build-id"] = 19, ["--soname"] = 19, ["--start-lib"] = 19,
  ["--end-lib"] = 19, ["--no-shlib-sigcheck"] = 19,
  ["--allow-multiple-definition"] = 20, ["--noinhibit-exec"] = 20, ["--page-size"] = 20,
  ["--no-stack-first"] = 20, ["muldefs"] = 20,
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

function adapter.classify(result)
  if result.err:find("LLVM ERROR", 1, true) or result.err:find("Assertion", 1, true)
    or result.err:find("PLEASE submit a bug report", 1, true) then
    return "crash"
  end
  -- Before 16 a stub library was no input; cases give those the suffix .so.
  if result.err:find("unknown file type: [^\n]*%.so\n") then return "unsupported" end
end

return adapter
