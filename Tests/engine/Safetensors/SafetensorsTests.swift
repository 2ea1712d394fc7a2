import Foundation
import Safetensors
import Testing

/// Reading and writing safetensors, and files that lie.
@Suite struct SafetensorsTests {
  @Test func whatIsWrittenReadsBack() throws {
    var writer = SafetensorsWriter(metadata: ["made by": "a \"test\"\n"])
    writer.add("b/two", .float16, shape: [3], bytes: [0, 0x3C, 0, 0x40, 0, 0x42])
    writer.add("a", shape: [2, 2], [1, -2, 3.5, .infinity])
    writer.add("flag", .bool, shape: [], bytes: [1])
    writer.add("none", .int64, shape: [0, 4], bytes: [])
    let file = try SafetensorsFile(bytes: writer.bytes(), name: "x")
    #expect(file.names == ["a", "b/two", "flag", "none"])
    #expect(file.metadata == ["made by": "a \"test\"\n"])
    #expect(try file.entry("a").shape == [2, 2])
    #expect(try file.entry("none").range.isEmpty)
    #expect(try file.entry("flag").shape == [])
    let numbers = try file.withBytes("a") { Array($0.bindMemory(to: Float.self)) }
    #expect(numbers == [1, -2, 3.5, .infinity])
    #expect(try file.withBytes("b/two") { Array($0) } == [0, 0x3C, 0, 0x40, 0, 0x42])
  }

  @Test func bytesDoNotDependOnTheOrderOfAdding() {
    func bytes(_ names: [String]) -> [UInt8] {
      var writer = SafetensorsWriter(metadata: ["b": "1", "a": "2"])
      for name in names { writer.add(name, shape: [1], [Float(name.utf8.first ?? 0)]) }
      return writer.bytes()
    }
    let straight = bytes(["a", "b", "c"])
    #expect(straight == bytes(["c", "a", "b"]))
    let header = straight.withUnsafeBytes { $0.load(as: UInt64.self) }
    #expect(header % 8 == 0)
    #expect(straight.count == 8 + Int(header) + 12)
  }

  @Test func aMappedFileReadsAsItsBytes() throws {
    let path = fixture("goldens/tiny-sd1-networks.safetensors")
    let mapped = try SafetensorsFile(path: path)
    let read = try SafetensorsFile(bytes: [UInt8](Data(contentsOf: URL(filePath: path))), name: "x")
    #expect(mapped.entries == read.entries)
    let key = "unet/2/output"
    #expect(try mapped.withBytes(key) { Array($0) } == read.withBytes(key) { Array($0) })
  }

  @Test func aMissingTensorIsNamed() throws {
    let file = try SafetensorsFile(bytes: lie("{}"), name: "some/file")
    let error = #expect(throws: SafetensorsError.self) { try file.entry("unet.x") }
    #expect(error?.file == "some/file" && error?.key == "unet.x")
  }

  @Test func aFileThatIsNotThere() {
    let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: "/no/such") }
    #expect(error?.description.contains("No such file") == true)
    #expect(throws: SafetensorsError.self) { try SafetensorsFile(path: "/tmp") }
  }

  @Test func everyCutOffFileIsRefused() throws {
    var writer = SafetensorsWriter()
    writer.add("a", shape: [3], [1, 2, 3])
    let whole = writer.bytes()
    for length in 0..<whole.count {
      #expect(throws: SafetensorsError.self) {
        try SafetensorsFile(bytes: Array(whole[..<length]), name: "x")
      }
    }
    #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: whole + [0], name: "x") }
  }

  static let lies: [(json: String, data: Int, says: String)] = [
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "takes 8"),
    (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 4, "outside"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "data_offsets"),
    (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "non-negative"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, 8, "belong to no tensor"),
    (#"{"a":{"dtype":"F32","shape":[1]}}"#, 4, "missing"),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x"#, 4, "follows"),
    (#"[{"a":1}]"#, 0, "begin with {"),
    (
      #"{"a":{"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,4]}}"#, 4,
      "dtype is there twice"
    ),
    (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"b":nil}}"#, 4, "value is expected"),
    (
      #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"b":"#
        + String(repeating: "[", count: 70) + String(repeating: "]", count: 70) + "}}", 4,
      "nested too deep"
    ),
    (#"{"__metadata__":null,"__metadata__":{}}"#, 0, "twice"),
    (#"{"a":{"dtype":"F9","shape":[1],"data_offsets":[4,8]}}"#, 8, "belong to no tensor"),
    (#"{"a":{"dtype":"F8_E5M2","shape":[2],"data_offsets":[0,4]}}"#, 4, "takes 2"),
    (
      #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"#
        + #""b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#, 3, "inside another"
    ),
    (
      #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"#
        + #""a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#, 1, "twice"
    ),
    (
      #"{"a":{"dtype":"F32","shape":[4294967296,4294967296,4294967296],"data_offsets":[0,0]}}"#, 0,
      "overflows"
    ),
    (#"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,0]}}"#, 0, "too large"),
    (#"{"__metadata__":{"a":1}}"#, 0, "expected"),
    (#"{"a":"b"}"#, 0, "expected"),
    ("{\"a\u{1}\":{}}", 0, "control character"),
  ]

  /// What other programs write into a header and what says nothing of the bytes.
  @Test(arguments: [
    (#"{"__metadata__":null,"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "a"),
    (
      #"{"a":{"dtype":"F32","note":{"x":[NaN,-Infinity,{}],"y":null},"shape":[1],"#
        + #""scale":1.5e-3,"data_offsets":[0,4],"b":[[[[[[]]]]]]}, "__metadata__":{}}"#, "a"
    ),
    (
      #"{"q":{"dtype":"F4","shape":[8],"data_offsets":[0,4]},"#
        + #""r":{"dtype":"C64","shape":[],"data_offsets":[4,4]}}"#, "q"
    ),
  ])
  func headersThatSayMoreAreRead(_ json: String, _ name: String) throws {
    let file = try SafetensorsFile(bytes: lie(json, data: 4), name: "x")
    #expect(file.metadata.isEmpty && file.names.contains(name))
    #expect(try file.withBytes(name) { $0.count } == 4)
    #expect(try file.entry(name).type == (name == "a" ? .float32 : nil))
  }

  @Test(arguments: lies)
  func headersThatLieAreRefused(_ json: String, _ data: Int, _ says: String) {
    let error = #expect(throws: SafetensorsError.self) {
      try SafetensorsFile(bytes: lie(json, data: data), name: "x")
    }
    #expect(error?.description.contains(says) == true, "\(error?.description ?? "nothing thrown")")
  }

  @Test func aHeaderLongerThanTheFileIsRefusedUnread() {
    for length in [UInt64.max, 1 << 60, 100_000_001, 100] {
      let bytes = withUnsafeBytes(of: length.littleEndian) { Array($0) } + Array("{}".utf8)
      #expect(throws: SafetensorsError.self) { try SafetensorsFile(bytes: bytes, name: "x") }
    }
  }

  private func lie(_ json: String, data: Int = 0) -> [UInt8] {
    withUnsafeBytes(of: UInt64(json.utf8.count).littleEndian) { Array($0) } + Array(json.utf8)
      + Array(repeating: 0, count: data)
  }
}
