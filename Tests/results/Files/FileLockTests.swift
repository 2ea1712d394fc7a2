import Files
import Foundation
import Testing

@Suite struct FileLockTests {
  @Test func oneHoldsItOrSeveralShareIt() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "p2p-\(UUID()).lock").path
    defer { unlink(path) }
    let files = (0..<3).map { _ in open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600) }
    #expect(files.allSatisfy { $0 >= 0 })
    #expect(FileLock.attempt(files[0]) == .taken)
    #expect(FileLock.attempt(files[1]) == .held)
    #expect(FileLock.attempt(files[1], shared: true) == .held)
    close(files[0])
    #expect(FileLock.attempt(files[1], shared: true) == .taken)
    #expect(FileLock.attempt(files[2], shared: true) == .taken)
    #expect(FileLock.attempt(files[2]) == .held)
    close(files[1])
    close(files[2])
    #expect(FileLock.attempt(-1) == .failed(EBADF))
  }
}
