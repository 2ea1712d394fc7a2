import Foundation

/// The reader that `P2P_FUZZ` names: what is called with every input.
private let reader: @Sendable ([UInt8]) -> Void = {
  let name = ProcessInfo.processInfo.environment["P2P_FUZZ"] ?? ""
  guard let reader = readers[name] else {
    preconditionFailure("P2P_FUZZ is one of \(readers.keys.sorted())")
  }
  return reader
}()

/// What libFuzzer calls. An error that is thrown is what shall happen; a trap or a bad access is not.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  reader(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

/// The readers by name.
private let readers: [String: @Sendable ([UInt8]) -> Void] = [
  "safetensors": ModelReaders.safetensors, "checkpoint": ModelReaders.checkpoint,
  "config": ModelReaders.configs, "index": ModelReaders.index, "vocab": TokenizerReaders.vocabulary,
  "merges": TokenizerReaders.merges, "settings": TokenizerReaders.settings,
  "tokenizer": TokenizerReaders.document,
  "prompt": TokenizerReaders.prompt, "png-text": PictureReaders.texts,
  "png": PictureReaders.picture,
  "photo": PictureReaders.photograph, "infotext": PictureReaders.infotext,
]
