//! A buffer type is exactly one type.

/// Behaviour 32: an operation of a type is none of its subtype, which could put something into the
/// buffer that the type it is redeemed as must not hold.
///
/// ```compile_fail,E0308
/// # fn main() {}
/// # struct Call<F: Send + 'static>(Vec<u8>, F);
/// # fn sample(any: iocp::Operation<Call<for<'a> fn(&'a str)>>) {
/// let one: iocp::Operation<Call<fn(&'static str)>> = any;
/// # }
/// ```
///
/// ```no_run
/// # fn main() {}
/// # struct Call<F: Send + 'static>(Vec<u8>, F);
/// # fn sample(any: iocp::Operation<Call<for<'a> fn(&'a str)>>) {
/// let one: iocp::Operation<Call<for<'a> fn(&'a str)>> = any;
/// # }
/// ```
#[derive(Debug)]
pub enum OperationOfASubtype {}

/// Behaviour 32: nor is its ticket.
///
/// ```compile_fail,E0308
/// # fn main() {}
/// # struct Call<F: Send + 'static>(Vec<u8>, F);
/// # fn sample(any: iocp::InFlight<Call<for<'a> fn(&'a str)>>) {
/// let one: iocp::InFlight<Call<fn(&'static str)>> = any;
/// # }
/// ```
///
/// ```no_run
/// # fn main() {}
/// # struct Call<F: Send + 'static>(Vec<u8>, F);
/// # fn sample(any: iocp::InFlight<Call<for<'a> fn(&'a str)>>) {
/// let one: iocp::InFlight<Call<for<'a> fn(&'a str)>> = any;
/// # }
/// ```
#[derive(Debug)]
pub enum TicketOfASubtype {}
