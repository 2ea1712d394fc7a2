import Foundation
import Glibc
import Tensors

/// How fast this machine multiplies matrices, by products large enough that nothing else counts.
struct MatrixPeak {
  private static let (rows, inputs, outputs) = (2048, 1024, 1024)
  private let backend: any Backend
  private let x, weight: Tensor
  /// The best that was seen.
  private(set) var gflops = 0.0

  init(_ backend: any Backend) {
    self.backend = backend
    let numbers = (0..<Self.rows * Self.inputs).map { Float($0 % 251) * 0.01 - 1 }
    x = backend.upload(numbers, shape: [Self.rows, Self.inputs])
    weight = numbers.prefix(Self.outputs * Self.inputs).withUnsafeBytes {
      backend.weight($0, shape: [Self.outputs, Self.inputs], element: .f32, role: .linear)
    }
  }

  /// Multiplies some times.
  mutating func measure() {
    for _ in 0..<10 {
      let start = ContinuousClock.now
      _ = backend.linear(x, weight, bias: nil)
      let seconds = start.duration(to: .now) / .seconds(1)
      gflops = max(gflops, 2e-9 * Double(Self.rows * Self.inputs * Self.outputs) / seconds)
    }
  }
}

/// The most anonymous memory that this process was seen with.
struct AnonymousMemory {
  private(set) var most = 0

  /// Looks at what the process has now.
  mutating func look() {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
    let kilobytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap {
      Int($0)
    }
    most = max(most, (kilobytes ?? 0) * 1024)
  }
}

/// How long this process has lived.
enum ProcessAge {
  /// To a hundredth, as the kernel knows it (proc(5): `starttime` of `stat`, in ticks since boot).
  static var seconds: Double {
    let stat = (try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8)) ?? ""
    // The program's name may hold blanks and brackets; what follows the last bracket has none.
    let fields = stat.split(separator: ")").last?.split(separator: " ") ?? []
    var now = timespec()
    clock_gettime(CLOCK_BOOTTIME, &now)
    guard fields.count > 19, let ticks = Double(fields[19]) else { return .nan }
    return Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9 - ticks
      / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
