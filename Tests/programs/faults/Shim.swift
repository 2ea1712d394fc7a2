import Foundation

/// The library that makes calls on files fail, built from `Tests/Shim` when it is first needed.
enum Shim {
  private static let library = Result {
    let path = "/tmp/p2p-shim-\(getpid()).so"
    let source = RealSweep.root.appending(path: "Tests/Shim/shim.c").path
    let compiler = ["/usr/bin/cc", "/usr/bin/clang", "/usr/bin/gcc"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    let process = Process()
    process.executableURL = URL(filePath: compiler ?? "/usr/bin/env")
    process.arguments =
      (compiler == nil ? ["clang"] : []) + [
        "-O2", "-shared", "-fPIC", "-o", path, source, "-ldl",
      ]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let words = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw FaultTrouble("Tests/Shim: \(String(decoding: words, as: UTF8.self))")
    }
    atexit { unlink("/tmp/p2p-shim-\(getpid()).so") }
    return path
  }

  /// The environment of a process whose `n`-th call of a kind below a folder goes wrong.
  static func failing(
    _ call: String, _ n: Int, _ what: String, mark: String, below folder: String
  ) throws -> [String: String] {
    [
      "LD_PRELOAD": try library.get(),
      "P2P_SHIM": "\(call):\(n):\(what):\(mark):\(folder)",
    ]
  }

  /// The environment of processes of which one is refused an allocation of so many bytes, once.
  static func withoutMemory(bytes: Int, mark: String) throws -> [String: String] {
    ["LD_PRELOAD": try library.get(), "P2P_SHIM_MEMORY": "\(bytes):\(mark)"]
  }

  /// The environment of processes whose wall clock is off by what a file says.
  static func clock(_ file: String) throws -> [String: String] {
    try setClock(file, seconds: 0)
    return ["LD_PRELOAD": try library.get(), "P2P_SHIM_CLOCK": file]
  }

  /// Sets the wall clock of processes that run.
  static func setClock(_ file: String, seconds: Int64) throws {
    if access(file, F_OK) != 0 { try Data(count: 8).write(to: URL(filePath: file)) }
    let handle = try FileHandle(forUpdating: URL(filePath: file))
    defer { try? handle.close() }
    try handle.write(contentsOf: withUnsafeBytes(of: seconds.littleEndian) { Data($0) })
  }

  /// The environment of processes for which a folder is full once they have written so much.
  static func full(after bytes: Int, counter: String, below folder: String) throws
    -> [String: String]
  {
    try Data(count: 8).write(to: URL(filePath: counter))
    return [
      "LD_PRELOAD": try library.get(), "P2P_SHIM_SPACE": "\(bytes):\(counter):\(folder)",
    ]
  }

  /// Gives room again, and says how much had been written.
  static func free(counter: String) throws -> Int {
    let handle = try FileHandle(forUpdating: URL(filePath: counter))
    defer { try? handle.close() }
    let bytes = try handle.read(upToCount: 8) ?? Data()
    try handle.seek(toOffset: 0)
    try handle.write(contentsOf: Data(count: 8))
    return bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
