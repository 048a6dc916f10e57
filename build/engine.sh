# Sourced by run and test: chooses the Orleans engine once and exports it, so that every dotnet command that follows agrees.
# The environment wins, then the remembered choice; without either, the Orleans packages are tried.
choose_engine() {
  local remembered="$root/.orleans-engine.props"
  if [ -z "${OrleansEngine:-}" ] && [ -f "$remembered" ]; then
    OrleansEngine=$(sed -n 's:.*<OrleansEngine[^>]*>\(.*\)</OrleansEngine>.*:\1:p' "$remembered")
  fi
  if [ -z "${OrleansEngine:-}" ]; then
    echo "Looking whether the Orleans packages can be restored here (once) ..."
    if dotnet restore "$root/silo" -p:OrleansEngine=Packages --verbosity quiet >/dev/null 2>&1; then
      OrleansEngine=Packages
    else
      OrleansEngine=Embedded
    fi
    printf '<Project>\n  <PropertyGroup>\n    <OrleansEngine Condition="%s">%s</OrleansEngine>\n  </PropertyGroup>\n</Project>\n' \
      "'\$(OrleansEngine)' == ''" "$OrleansEngine" > "$remembered"
  fi
  export OrleansEngine
  echo "Orleans engine: $OrleansEngine"
}
