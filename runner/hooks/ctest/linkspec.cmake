# linkspec.cmake: links the cases of one file, FILE, with LINKER in CASES, and has
# LINKSPEC judge what comes of it.

file(STRINGS ${CASES}/links.txt links)
list(FILTER links INCLUDE REGEX "^${FILE}/")
foreach(link ${links})
  set(folder ${CASES}/${link})
  file(STRINGS ${folder}/link.txt arguments)
  file(REMOVE ${folder}/out.wasm)
  execute_process(COMMAND ${LINKER} ${arguments} WORKING_DIRECTORY ${folder} TIMEOUT 10
    RESULT_VARIABLE status OUTPUT_FILE ${folder}/stdout.txt ERROR_FILE ${folder}/stderr.txt)
  if(status MATCHES "timeout")
    set(status timeout)
  elseif(NOT status MATCHES "^[0-9]+$")
    set(status "crash: ${status}")
  endif()
  file(WRITE ${folder}/status.txt ${status})
endforeach()
execute_process(COMMAND ${LINKSPEC} judge-dir ${CASES} --filter ${FILE} -j 1
  RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "linkspec judge-dir: ${status}")
endif()
