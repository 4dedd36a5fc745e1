//! `zig build test` for a linker: of all this only the lines down to `test_step` are needed, in the
//! build.zig of your linker, and linkspec.zig beside it.  For Zig 0.16.

const std = @import("std");

pub fn build(b: *std.Build) void {
    // Yours, instead: options.addOptionPath("linker", exe.getEmittedBin()).
    const linker = b.option([]const u8, "linker", "The linker to be judged") orelse "wasm-ld";

    const options = b.addOptions();
    options.addOption([]const u8, "linker", linker);
    options.addOption([]const u8, "linkspec", b.option([]const u8, "linkspec", "The program") orelse "linkspec");
    options.addOption([]const u8, "filter", b.option([]const u8, "filter", "Which cases, as \"symbols/*\"") orelse "*");
    const cases = b.addTest(.{ .root_module = b.createModule(.{
        .root_source_file = b.path("linkspec.zig"),
        .target = b.graph.host,
    }) });
    cases.root_module.addOptions("options", options);
    const run = b.addRunArtifact(cases);
    run.has_side_effects = true;
    const test_step = b.step("test", "Judge the linker by linkspec's cases");
    test_step.dependOn(&run.step);
}
