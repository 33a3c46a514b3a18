"""Messages to people by e-mail, SMS and webhook（通知渠道）."""
