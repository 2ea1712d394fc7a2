import Foundation
import Testing

/// The scripts that build and test, as they are, with a `swift` that only speaks.
@Suite struct ScriptTests {
  /// A folder with our scripts, sources and tests, and programs of its own in front of `PATH`.
  private struct House {
    let folder: TemporaryFolder
    var path: String { folder.path }

    init() throws {
      folder = try TemporaryFolder()
      let root = RealSweep.root.path
      let manager = FileManager.default
      try manager.copyItem(atPath: "\(root)/script", toPath: "\(folder.path)/script")
      for shared in ["Sources", "Tests"] {
        try manager.createSymbolicLink(
          atPath: "\(folder.path)/\(shared)", withDestinationPath: "\(root)/\(shared)")
      }
      try put("script/setup", "")
      try put("bin/swift", Self.swift)
      try put(".build/release/p2pPackageTests.xctest", "echo \"tests: $@\"; exit ${TESTS_END:-0}")
    }

    /// Compiles forty files; `SWIFT` says how that goes.
    static let swift = """
      if [ "$1" != build ]; then echo '{}'; exit; fi
      echo "Building for production..."
      for i in {0..40}; do echo "[$i/40] Compiling Tensors File$i.swift, for $P2P_TESTS: $*"; done
      case ${SWIFT:-} in
        broken)
          for again in 1 2; do
            echo "/house/Sources/engine/Tensors/Shape.swift:12:3: error: cannot find 'rwos' in scope"
            echo "12 |   rwos * 2"
            echo '   |   `- error: cannot find it'
          done
          echo "[41/41] Compiling Tensors Other.swift"
          exit 3 ;;
        killed) kill -9 $$ ;;
        warns) echo "/house/Sources/c/CKernels/norms.c:3:5: warning: unused variable" ;;
        foreign) echo "/house/.build/checkouts/Yams/a.c:3:5: warning: unused variable" ;;
      esac
      echo "Build complete! (0.01s)"
      """

    func put(_ file: String, _ script: String) throws {
      let url = URL(filePath: "\(path)/\(file)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data("#!/bin/bash\n\(script)\n".utf8).write(to: url)
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path)
    }

    func run(_ command: String, _ environment: [String: String] = [:]) throws -> Ran {
      let path = "\(path)/bin:/usr/bin:/bin"
      return try Ran(
        "/bin/bash", ["-c", "cd '\(folder.path)' && \(command)"],
        environment.merging(["PATH": path]) { $1 })
    }
  }

  @Test func aBuildShowsTenthsAndKeepsALog() throws {
    let house = try House()
    let ran = try house.run("script/build")
    #expect(ran.status == 0 && ran.errors.isEmpty, "\(ran)")
    let lines = ran.output.split(separator: "\n")
    #expect(lines.filter { $0.hasPrefix("[") }.count == 11, "\(lines)")
    #expect(lines.first == "Building for production..." && lines.last == "Build complete! (0.01s)")
    #expect(lines[1].contains("--build-tests"))
    let log = try String(contentsOfFile: "\(house.path)/.build/build.log", encoding: .utf8)
    #expect(log.split(separator: "\n").count == 43)
  }

  @Test func aTerminalHasOneLineThatIsWrittenOver() throws {
    let house = try House()
    let ran = try house.run(
      "script -qec 'stty cols 40; script/build' /dev/null", ["TERM": "xterm"])
    #expect(ran.status == 0, "\(ran)")
    let shown = ran.output.components(separatedBy: "\r\u{1B}[K").dropFirst()
    #expect(shown.count == 43)
    #expect(shown.contains("[17/40] Compiling Tensors File17.swift,"), "as wide as there is room")
    #expect(ran.output.utf8.count { $0 == 10 } == 1, "\(ran.output.debugDescription)")
  }

  @Test(arguments: ["script/build", "script/build --product p2p", "script/demo"])
  func aFailureShowsItsErrorsAndKeepsItsStatus(command: String) throws {
    let house = try House()
    let ran = try house.run(command, ["SWIFT": "broken"])
    #expect(ran.status == 3)
    let error = "Shape.swift:12:3: error: cannot find 'rwos' in scope\n12 |   rwos * 2\n"
    #expect(ran.errors.ranges(of: error).count == 1, "once, with its line: \(ran.errors)")
    #expect(ran.errors.contains("status 3"))
    #expect(ran.errors.contains("\(house.path)/.build/build.log"))
    #expect(!ran.output.contains("the grid"))
  }

  @Test func aBuildThatIsKilledShowsItsEnd() throws {
    let ran = try House().run("script/build", ["SWIFT": "killed"])
    #expect(ran.status == 137)
    #expect(ran.errors.contains("[40/40] Compiling") && ran.errors.contains("status 137"))
  }

  @Test func onlyOurOwnWarningsAreErrors() throws {
    let house = try House()
    let ours = try house.run("script/build", ["SWIFT": "warns"])
    #expect(ours.status == 1 && ours.errors.contains("norms.c:3:5: warning: unused"), "\(ours)")
    let others = try house.run("script/build", ["SWIFT": "foreign"])
    #expect(others.status == 0 && others.errors.isEmpty, "\(others)")
  }

  /// What is asked for, the test target that is built, and the files whose tests run.
  @Test(arguments: [
    ("EngineTests", "EngineTests", nil), ("JobTests Key", "JobTests", nil),
    ("JobStore", "JobTests", "ClaimTests"), ("EditJobs Key", "JobTests", "KeyTests"),
    ("Imaging", "JobTests", "GridLayoutTests"), ("Layers", "EngineTests", "ProductTests"),
    ("HubCache", "HubTests", "CacheTests"), ("p2pd", "ProgramTests", "IdleTests"),
    ("faults", "ProgramTests", "KillTests"),
  ])
  func oneTargetIsBuiltAndTested(words: String, suite: String, file: String?) throws {
    let ran = try House().run("script/test \(words)")
    #expect(ran.status == 0, "\(ran)")
    #expect(ran.output.contains("for \(suite): build"), "\(ran)")
    let startsPrograms = ["HubTests", "ProgramTests"].contains(suite)
    #expect(ran.output.ranges(of: "[40/40]").count == (startsPrograms ? 2 : 1))
    let filter = try #require(ran.output.split(separator: "--filter ").last)
    let name = words.split(separator: " ").dropFirst().first ?? ""
    #expect(filter.hasPrefix("^\(suite)\\..*(\(name))"), "\(filter)")
    if let file {
      #expect(filter.contains("\(file)\\.swift") && !filter.contains("ScriptTests"), "\(filter)")
    }
  }

  @Test func aFailedTestIsAFailure() throws {
    #expect(try House().run("script/test Planner", ["TESTS_END": "1"]).status == 1)
    #expect(try House().run("script/test Planner", ["SWIFT": "broken"]).status == 3)
  }

  @Test(arguments: [
    ("Nowhere", "no tests are called \"Nowhere\""), ("CKernels", "no tests are called"),
    ("--slow", "no option --slow"), ("--fast Planner", "--fast stands alone"),
    ("Planner a b", "not 3 words"), ("Planner zzz", "no test of Planner matches \"zzz\""),
  ])
  func whatIsNotThereIsToldWithWhatIs(words: String, message: String) throws {
    // 69 is how a test program ends that found nothing to run.
    let ran = try House().run("script/test \(words)", ["TESTS_END": "69"])
    #expect(ran.status == 64)
    #expect(ran.errors.contains(message), "\(ran)")
    for name in ["EngineTests", "ProgramTests", "JobStore", "Layers", "HubCache", "faults"] {
      #expect(ran.errors.contains(name), "\(ran)")
    }
  }
}
