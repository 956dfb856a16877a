# PowerShell completion for oslm.

Register-ArgumentCompleter -Native -CommandName oslm -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.EndOffset -le $cursorPosition } | ForEach-Object { $_.ToString() })
    $program = $words[0]
    $words = @($words | Select-Object -Skip 1)
    if ($wordToComplete -eq '') { $words += '' }
    # Windows PowerShell drops empty arguments.
    $words = @($words | ForEach-Object { if ($_ -eq '') { '""' } else { $_ } })
    if ($PSVersionTable.PSVersion -ge [version]'7.3') { $words = @($words | ForEach-Object { if ($_ -eq '""') { '' } else { $_ } }) }
    $files = $false
    & $program __complete -- @words 2>$null | ForEach-Object {
        if ($_ -eq ':files') { $files = $true }
        elseif ($_ -ne ':') {
            $value, $description = $_ -split "`t", 2
            if (-not $description) { $description = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
        }
    }
    if ($files) { [System.Management.Automation.CompletionCompleters]::CompleteFilename($wordToComplete) }
}
