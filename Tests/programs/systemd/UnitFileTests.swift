import Foundation
import Testing

/// The service's files, as `script/install` puts them.
@Suite struct UnitFileTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let analyzer = "/usr/bin/systemd-analyze"
  static let hasAnalyzer: Bool = FileManager.default.isExecutableFile(atPath: analyzer)

  /// Installs into a folder of its own.
  private func install(_ folder: TemporaryFolder) throws -> String {
    let result = try Ran(
      Self.root.appending(path: "script/install").path, [],
      ["DESTDIR": folder.path, "P2P_BUILD": Built.folder])
    #expect(result.status == 0, "\(result.text)")
    return folder.path
  }

  @Test func installPutsProgramsAndUnitsInTheirPlaces() throws {
    let folder = try TemporaryFolder()
    let root = try install(folder)
    for path in [
      "usr/bin/p2p", "usr/bin/p2pd", "usr/bin/p2p-worker", "usr/lib/systemd/system/p2pd.service",
      "usr/lib/systemd/user/p2pd.service", "usr/lib/sysusers.d/p2pd.conf",
      "usr/lib/tmpfiles.d/p2pd.conf",
    ] {
      #expect(FileManager.default.fileExists(atPath: "\(root)/\(path)"), "\(path)")
    }
  }

  @Test(.enabled(if: hasAnalyzer, "systemd-analyze is not installed (package systemd)"))
  func theInstalledUnitsVerify() throws {
    let folder = try TemporaryFolder()
    let root = try install(folder)
    // The verifier looks for the programs where the unit says they are: under `--root`.
    for kind in ["system", "user"] {
      let unit = "\(root)/usr/lib/systemd/\(kind)/p2pd.service"
      let text = try String(contentsOfFile: unit, encoding: .utf8)
        .replacing("ExecStart=/usr/bin/", with: "ExecStart=\(root)/usr/bin/")
      try text.write(toFile: "\(root)/p2pd.service", atomically: true, encoding: .utf8)
      let result = try Ran(
        Self.analyzer, ["--\(kind)", "verify", "--recursive-errors=no", "\(root)/p2pd.service"],
        ["XDG_RUNTIME_DIR": root])
      #expect(result.status == 0, "\(kind): \(result.text)")
      #expect(!result.text.contains("p2pd.service:"), "\(kind): \(result.text)")
    }
  }

  @Test(.enabled(if: hasAnalyzer, "systemd-analyze is not installed (package systemd)"))
  func theServiceIsHardened() throws {
    let unit = Self.root.appending(path: "systemd/p2pd.service").path
    // Tenths: 0.6 at most.
    let result = try Ran(
      Self.analyzer, ["security", "--offline=true", "--threshold=6", "--no-pager", unit])
    #expect(result.status == 0, "\(result.text.suffix(200))")
  }

  @Test func theUnitKeepsPeersAndWorkersApart() throws {
    let text = try String(
      contentsOf: Self.root.appending(path: "systemd/p2pd.service"), encoding: .utf8)
    let lines = text.split(separator: "\n")
    #expect(lines.contains("OOMPolicy=continue"))
    #expect(lines.contains("KillMode=mixed"))
    #expect(!lines.contains { $0.hasPrefix("PrivateUsers=") })
    #expect(lines.contains("StateDirectoryMode=2770"))
  }

  @Test(arguments: ["p2p", "p2pd"])
  func whatMustNotCrashWithTheEngineLinksNoBLAS(program: String) throws {
    let result = try Ran("/usr/bin/ldd", [Built.program(program)])
    #expect(result.status == 0 && result.text.contains("libc.so"))
    #expect(!result.text.contains("blas"))
  }
}
