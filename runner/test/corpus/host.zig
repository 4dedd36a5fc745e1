// host.zig: Zig beside a host: imports, exports of other names, thread-local data, calls by table.

extern "env" fn log(text: [*]const u8, length: usize) void;
extern "clock" fn now() u64;
extern fn missing(x: u32) u32; // another object may define it

threadlocal var calls: u32 = 1;
threadlocal var buffer: [16]u8 align(16) = undefined;
export var shared: u32 = 7;

fn twice(x: u32) u32 {
    return 2 * x;
}

fn thrice(x: u32) u32 {
    return 3 * x;
}

const Operation = struct { name: []const u8, run: *const fn (u32) u32 };
const operations = [_]Operation{
    .{ .name = "twice", .run = &twice },
    .{ .name = "thrice", .run = &thrice },
};

fn run(i: u32, x: u32) callconv(.c) u32 {
    const operation = operations[i % operations.len];
    log(operation.name.ptr, operation.name.len);
    calls += 1;
    buffer[calls % buffer.len] = @truncate(x);
    return operation.run(x) + buffer[i % buffer.len] + shared;
}

fn tick() callconv(.c) u32 {
    return missing(@truncate(now()));
}

comptime {
    @export(&run, .{ .name = "run" });
    @export(&run, .{ .name = "run_by_another_name", .linkage = .weak });
    @export(&tick, .{ .name = "tick" });
}
