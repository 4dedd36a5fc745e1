//! Links every case of linkspec with a linker and has linkspec judge what comes of it.

const std = @import("std");
const options = @import("options");
const Dir = std.Io.Dir;
const gpa = std.testing.allocator;
const io = std.testing.io;

/// Runs the linker in a folder with a link.txt, and leaves there what judge-dir looks for.
fn link(folder: Dir) !void {
    const arguments = try folder.readFileAlloc(io, "link.txt", gpa, .unlimited);
    defer gpa.free(arguments);
    var argv: std.ArrayList([]const u8) = .empty;
    defer argv.deinit(gpa);
    try argv.append(gpa, options.linker);
    var lines = std.mem.tokenizeScalar(u8, arguments, '\n');
    while (lines.next()) |line| try argv.append(gpa, line);
    folder.deleteFile(io, "out.wasm") catch {};
    const done = try std.process.run(gpa, io, .{ .argv = argv.items, .cwd = .{ .dir = folder } });
    defer gpa.free(done.stdout);
    defer gpa.free(done.stderr);
    var digits: [3]u8 = undefined;
    try folder.writeFile(io, .{ .sub_path = "stdout.txt", .data = done.stdout });
    try folder.writeFile(io, .{ .sub_path = "stderr.txt", .data = done.stderr });
    try folder.writeFile(io, .{ .sub_path = "status.txt", .data = switch (done.term) {
        .exited => |code| try std.fmt.bufPrint(&digits, "{d}", .{code}),
        else => "crash",
    } });
}

fn linkspec(command: []const u8, cases: Dir) !void {
    const done = try std.process.run(gpa, io, .{
        .argv = &.{ options.linkspec, command, ".", "--filter", options.filter },
        .cwd = .{ .dir = cases },
    });
    defer gpa.free(done.stdout);
    defer gpa.free(done.stderr);
    if (std.meta.eql(done.term, .{ .exited = 0 })) return;
    std.debug.print("{s}{s}", .{ done.stdout, done.stderr });
    return error.LinkspecFailed;
}

test "linkspec" {
    var tmp = std.testing.tmpDir(.{});
    defer tmp.cleanup();
    try linkspec("emit", tmp.dir);
    const links = try tmp.dir.readFileAlloc(io, "links.txt", gpa, .unlimited);
    defer gpa.free(links);
    var lines = std.mem.tokenizeScalar(u8, links, '\n');
    while (lines.next()) |line| {
        var folder = try tmp.dir.openDir(io, line, .{});
        defer folder.close(io);
        try link(folder);
    }
    try linkspec("judge-dir", tmp.dir);
}
