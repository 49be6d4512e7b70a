//! Compiles the window's markup.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let configuration = slint_build::CompilerConfiguration::new()
        .with_style("fluent".into())
        // Tests find elements by their names in the markup.
        .with_debug_info(true);
    slint_build::compile_with_config("ui/signing_window.slint", configuration)?;
    Ok(())
}
