import Tensors

/// How a weight lies in memory.
enum WeightLayout {
  /// As the checkpoint has it.
  case plain
  /// In panels of outputs, input by input, as products read them; outputs fill up sixteens.
  case panels
  /// Sixteen such matrices, transformed for a 3×3 convolution by tiles of 2×2 positions
  /// (Lavin & Gray 2016, §4.1).
  case tiles

  /// The layout of a weight, decided by it alone, so that every picture's bits are made one way.
  ///
  /// Tiles suit 3×3 convolutions that keep the size. Few channels leave their products too small; of
  /// very many outputs, the pictures are small and reading 16 numbers for 9 costs more than it saves.
  init(_ role: WeightRole, _ shape: [Int]) {
    let isThreeByThree = shape.count == 4 && shape[2] == 3 && shape[3] == 3
    switch role {
    case .plain: self = .plain
    case .convolution where isThreeByThree && shape[1] >= 32 && (32...640).contains(shape[0]):
      self = .tiles
    case .linear, .convolution, .resizingConvolution: self = .panels
    }
  }

  /// Matrices that a weight becomes.
  var matrices: Int { self == .tiles ? 16 : 1 }

  /// How numbers that a checkpoint stores so are kept: panels stay as narrow as they are, what is
  /// transformed or looked up becomes float32.
  func element(of stored: ElementType) -> ElementType { self == .panels ? stored : .f32 }
}
