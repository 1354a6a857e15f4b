/** The Cholesky factor of a symmetric positive definite matrix, row-major, lower triangle. Throws RangeError when it is none. */
function cholesky(matrix: Float64Array, n: number): Float64Array {
  const factor = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!
      for (let k = 0; k < j; k++) sum -= factor[i * n + k]! * factor[j * n + k]!
      if (i !== j) factor[i * n + j] = sum / factor[j * n + j]!
      else if (sum > 0) factor[i * n + i] = Math.sqrt(sum)
      else throw new RangeError('the matrix is not positive definite')
    }
  }
  return factor
}

function substitute(factor: Float64Array, right: Float64Array, n: number): Float64Array {
  const x = right.slice()
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= factor[i * n + k]! * x[k]!
    x[i]! /= factor[i * n + i]!
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= factor[k * n + i]! * x[k]!
    x[i]! /= factor[i * n + i]!
  }
  return x
}

/** x in A·x = b, for a symmetric positive definite A. */
export const solve = (matrix: Float64Array, right: Float64Array, n: number): Float64Array => substitute(cholesky(matrix, n), right, n)

/** The inverse of a symmetric positive definite matrix. */
export function invert(matrix: Float64Array, n: number): Float64Array {
  const factor = cholesky(matrix, n)
  const inverse = new Float64Array(n * n)
  const unit = new Float64Array(n)
  for (let column = 0; column < n; column++) {
    unit.fill(0)
    unit[column] = 1
    inverse.set(substitute(factor, unit, n), column * n) // symmetric: a column is a row
  }
  return inverse
}

/** A·x, for a row-major square matrix. */
export function multiply(matrix: Float64Array, x: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = 0
    for (let j = 0; j < n; j++) sum += matrix[i * n + j]! * x[j]!
    product[i] = sum
  }
  return product
}
