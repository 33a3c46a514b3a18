"""What every portal is built from（界面组件）: tokens, components, the form renderer, error pages. Knows no portal."""
