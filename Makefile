# linkspec: `make conformance` and `make test` do everything, on a bare machine too.

# -- settings ---------------------------------------------------------------

CC = gcc
BUILD = build
PREFIX = /usr/local
CFLAGS = -O2 -g
JOBS := $(shell nproc)

# LLVM's demangler is in libc++abi: names must be spelt as LLVM spells them.
LLVM_LIB = /usr/lib/llvm-19/lib

# -- nothing to edit below --------------------------------------------------

# Each warning is here because it finds mistakes that matter in a linker:
# -Wconversion numbers cut short, -Wshadow one index taken for another.
WARN = -Wall -Wextra -Wshadow -Wconversion -Wno-missing-field-initializers
# Asked for when used, not now: `make deps` installs pkg-config.
LUA_CFLAGS = $(shell pkg-config --cflags lua5.4)
LIBS = $(shell pkg-config --libs lua5.4 libmd libxxhash) $(LLVM_LIB)/libc++abi.a
STD = -std=c17 -D_GNU_SOURCE
EXTRA =
COMPILE = $(CC) $(STD) $(WARN) -Werror $(CFLAGS) $(EXTRA) -MMD -MP

MODEL = $(patsubst model/%.c,$(BUILD)/model/%.o,$(wildcard model/*.c))
RUNNER = $(patsubst runner/%.c,$(BUILD)/runner/%.o,$(wildcard runner/*.c))
MODEL_TEST = $(patsubst model/%.c,$(BUILD)/model/%.o,$(wildcard model/test/*.c))
RUNNER_TEST = $(patsubst runner/%.c,$(BUILD)/runner/%.o,$(wildcard runner/test/*.c))
C_FILES = $(wildcard model/*.[ch] model/test/*.c runner/*.[ch] runner/test/*.c)

all: $(BUILD)/linkspec $(BUILD)/libmodel.a

# One line a file; V=1 shows the commands.
Q = $(if $(V),,@echo '  $(@F)';)

$(BUILD)/linkspec: $(RUNNER) $(BUILD)/libmodel.a
	$(Q)$(CC) $(CFLAGS) $(EXTRA) -o $@ $^ $(LIBS)

$(BUILD)/libmodel.a: $(MODEL)
	@rm -f $@
	$(Q)ar rcs $@ $^

$(BUILD)/model/%.o: model/%.c
	@mkdir -p $(@D)
	$(Q)$(COMPILE) -c -o $@ $<

$(BUILD)/runner/%.o: runner/%.c
	@mkdir -p $(@D)
	$(Q)$(COMPILE) $(LUA_CFLAGS) -c -o $@ $<

# -- tests ------------------------------------------------------------------

$(BUILD)/model-test: $(MODEL_TEST) $(BUILD)/libmodel.a
	$(Q)$(CC) $(CFLAGS) $(EXTRA) -o $@ $^ -lcriterion

$(BUILD)/runner-test: $(RUNNER_TEST) $(filter-out %/main.o,$(RUNNER)) $(BUILD)/libmodel.a
	$(Q)$(CC) $(CFLAGS) $(EXTRA) -o $@ $^ $(LIBS) -lcriterion

# The C program in README.md.
$(BUILD)/embed.c: README.md
	@mkdir -p $(@D)
	$(Q)sed -n '/^```c$$/,/^```$$/{/^```/!p}' $< >$@

$(BUILD)/embed: $(BUILD)/embed.c $(BUILD)/libmodel.a
	$(Q)$(COMPILE) -Imodel -o $@ $^

tests: all $(BUILD)/model-test $(BUILD)/runner-test $(BUILD)/embed

# The second make reads pkg-config, which deps may only just have installed.
test: deps
	@$(MAKE) --no-print-directory -j$(JOBS) tests
	@sh runner/test/all.sh $(BUILD)

# The whole suite against the model, and against every wasm-ld on PATH.
conformance: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@sh runner/test/conformance.sh $(BUILD)

# Other linkers, as far as they can be had, into build/linkers.
linkers:
	@sh runner/linkers.sh $(BUILD)

sanitize: deps
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=$(BUILD)/sanitize CFLAGS='-O1 -g' \
	  EXTRA='-fsanitize=address,undefined -fno-sanitize-recover=all' tests
	@sh runner/test/all.sh $(BUILD)/sanitize sanitized

# Line coverage of model/ by the suite alone, and by the C tests.
coverage: deps
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=$(BUILD)/coverage CFLAGS='-O0 -g' \
	  EXTRA='--coverage' tests
	@sh runner/test/coverage.sh $(BUILD)/coverage

# Fuzz targets for FUZZ_SECONDS each: the reader, a whole link, the judge.
FUZZ_SECONDS = 60
fuzz: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@sh runner/test/fuzz.sh $(BUILD) $(FUZZ_SECONDS)

# Thousands of links by the model and by the newest wasm-ld at hand, compared.
corpus: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@sh runner/test/corpus.sh $(BUILD)

# Makes the output of every case, and of real programs, wrong, one fault at a
# time: two figures; fails when the judge flags less than 99.5 %.
judge-proof: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@sh runner/test/proof.sh $(BUILD)

# Changes the model in MUTANTS ways, drawn with SEED, one at a time, and runs
# the suite against it; fails below 90 % noticed, 97 % with goldens.  Further
# arguments in MUTANTS_FLAGS, see `linkspec mutants --help`.
MUTANTS = 1000
SEED = 1
MUTANTS_FLAGS =
MUTANTS_CFLAGS = -O2 -fPIC -ftrivial-auto-var-init=zero
mutants: deps
	@$(MAKE) --no-print-directory -j$(JOBS) BUILD=$(BUILD)/mutants CFLAGS='$(MUTANTS_CFLAGS)' all
	@LINKSPEC_HOME='$(CURDIR)' nice $(BUILD)/mutants/linkspec mutants --count $(MUTANTS) --seed $(SEED) \
	  --compile='$(CC) $(STD) $(LUA_CFLAGS) $(MUTANTS_CFLAGS)' --libs='$(LIBS)' $(MUTANTS_FLAGS)

lint: deps lint-cases
	clang-format-19 --dry-run -Werror $(C_FILES)
	luacheck -q .

# What is wrong with case files although they run.
lint-cases: deps
	@$(MAKE) --no-print-directory -j$(JOBS) all
	@$(BUILD)/linkspec lint

# -- the rest ---------------------------------------------------------------

deps:
	@sh runner/deps.sh

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib \
	  $(DESTDIR)$(PREFIX)/include/linkspec $(DESTDIR)$(PREFIX)/share/linkspec
	install -m 755 $(BUILD)/linkspec $(DESTDIR)$(PREFIX)/bin/linkspec
	install -m 644 $(BUILD)/libmodel.a $(DESTDIR)$(PREFIX)/lib/liblinkspec-model.a
	install -m 644 model/model.h model/wasm.h model/diags.def \
	  $(DESTDIR)$(PREFIX)/include/linkspec
	cp -R lua cases golden $(DESTDIR)$(PREFIX)/share/linkspec/

clean:
	rm -rf $(BUILD)

.PHONY: all tests test conformance linkers sanitize coverage fuzz corpus judge-proof mutants lint lint-cases deps install clean

-include $(MODEL:.o=.d) $(RUNNER:.o=.d) $(MODEL_TEST:.o=.d) $(RUNNER_TEST:.o=.d)
