import Foundation
import Safetensors
import Testing

/// Tensors that another implementation made, from a safetensors file of the test bundle.
struct Golden {
  let file: SafetensorsFile

  /// Opens `Fixtures/<name>.safetensors`.
  init(_ name: String) throws { file = try SafetensorsFile(path: fixture("\(name).safetensors")) }

  /// The shape and the numbers of one tensor.
  func callAsFunction(_ key: String) throws -> (shape: [Int], values: [Float]) {
    let values = try file.withBytes(key) { bytes in
      (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    return (try file.entry(key).shape, values)
  }
}

/// The path of a file or folder under `Fixtures`.
func fixture(_ name: String) -> String {
  (Bundle.module.resourcePath ?? ".") + "/Fixtures/" + name
}

/// Compares numbers: no difference may exceed `tolerance`; says where the first one does.
func expectClose(
  _ found: [Float], _ expected: [Float], tolerance: Float, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard found.count == expected.count else {
    Issue.record(
      "\(what): \(found.count) numbers instead of \(expected.count)", sourceLocation: sourceLocation
    )
    return
  }
  let what = what + TestedDevice.current.remark
  var (first, largest): (Int?, Float) = (nil, 0)
  for (i, (a, b)) in zip(found, expected).enumerated() {
    // Equal infinities are equal; a NaN is never close to anything.
    let error = a == b ? 0 : abs(a - b)
    if !(error <= tolerance), first == nil { first = i }
    if error > largest || error.isNaN { largest = error }
  }
  guard let first else { return }
  Issue.record(
    """
    \(what): first bad index \(first): \(found[first]) instead of \(expected[first]); \
    largest error \(largest), tolerance \(tolerance)
    """, sourceLocation: sourceLocation)
}

/// Compares with a tolerance that is a part of the largest expected number.
func expectClose(
  _ found: [Float], _ expected: [Float], ofLargest part: Float, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let largest = expected.reduce(0) { max($0, abs($1)) }
  expectClose(
    found, expected, tolerance: part * largest, what, sourceLocation: sourceLocation)
}

/// Where two rows of numbers first differ in a bit; `nil` where they are the same.
func firstDifference(_ x: [Float], _ y: [Float]) -> Int? {
  guard x.count == y.count else { return min(x.count, y.count) }
  return zip(x, y).enumerated().first { $1.0.bitPattern != $1.1.bitPattern }?.offset
}
