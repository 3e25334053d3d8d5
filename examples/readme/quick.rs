fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = usercom::Client::shared("acme", &std::env::var("USERCOM_TOKEN")?)?;
    let report = client.mass_update(&[10, 15, 22, 23], "plan", "pro")?;
    println!("{} of {}", report.confirmed(), report.total());
    Ok(())
}
