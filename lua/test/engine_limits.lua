-- Tests of what holds a foreign linker: it is a script that does what no linker should, and the
-- answer is a verdict, in time, with nothing left behind.

local suite = require "engine_suite"

local CASE = 'case "a" (make{})\n'

return function(T)
  -- A linker that does `body` gets this verdict, with these words in the report.  It has a second
  -- where that is to be too little, else as much as a busy machine needs.
  local function limit(name, body, verdict, ...)
    local words, seconds = { ... }, verdict == "TIMEOUT" and 1 or 20
    suite.test(T, "limits: " .. name, CASE, function(folder)
      local started = os.time()
      local text, status = suite.run(folder,
        ("conform --timeout %d --memory 256"):format(seconds), suite.linker(folder, "ld", body))
      assert(status == 1 and text:find(verdict .. " wasm-ld@19.1.7: t/c/a", 1, true), text)
      for _, word in ipairs(words) do
        assert(text:find(word, 1, true), ("no %q in:\n%s"):format(word, text))
      end
      assert(os.time() - started < 60, "it took too long")
    end)
  end

  limit("sleeps for ever", "exec sleep 100", "TIMEOUT", "no end within 1 seconds")
  limit("stops itself", "kill -STOP $$", "TIMEOUT")
  limit("forks and waits", "sleep 100 & sleep 100 & wait", "TIMEOUT")
  limit("forks and goes", "sleep 100 & exit 1", "REJECTS-VALID")
  limit("dies", "kill -SEGV $$", "CRASH", "killed by signal: Segmentation fault")
  limit("allocates for ever, then says so",
    "exec lua5.4 -e 's = \"x\" while true do s = s .. s end'", "CRASH",
    "exit status 1; it may have 256 MB of memory", "not enough memory")
  limit("allocates for ever, then aborts",
    "lua5.4 -e 's = \"x\" while true do s = s .. s end' || kill -ABRT $$", "CRASH",
    "killed by signal: Aborted; it may have 256 MB of memory")
  limit("prints for ever", "exec yes", "TIMEOUT",
    "found:    no end within 1 seconds\n            y\n")
  limit("prints a long line", "printf 'no %09999d\\n' 1; exit 1", "REJECTS-VALID",
    "found:    no 000", "001 (10002 bytes)")
  limit("writes a file without end", "exec truncate -s 1T $out", "CRASH",
    "killed by signal: File size limit exceeded")
  limit("writes a large file", "exec truncate -s 1G $out", "CRASH",
    "the output has 1073741824 bytes")
  limit("writes many files for ever", "while :; do echo >x$((n+=1)); done", "TIMEOUT")
  limit("deletes its folder", 'rm -r "$PWD"; exit 0', "FAIL", "success, but there is none")
  limit("leaves a folder that nobody may read", "mkdir -p d/e; >d/e/f; chmod 0 d/e d; exit 1",
    "REJECTS-VALID")
  limit("makes its output a pipe", "mkfifo $out", "FAIL", "success, but there is none")
  limit("makes its output a device", "ln -s /dev/zero $out", "FAIL", "success, but there is none")
  limit("makes its output a folder", "mkdir $out", "FAIL", "success, but there is none")
end
