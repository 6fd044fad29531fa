"""What is the same in every PowerShell script: its parameters, its first check, its functions, its end.

Nothing flows in; the texts flow out. No value of a school stands in them, so nothing here has to be quoted.
"""

PARAMETERS = """\
[CmdletBinding(SupportsShouldProcess)]
param(
    [ValidateRange(0, 1440)] [int] $WaitMinutes = 60,
    [switch] $DespiteFailures
)
"""

BEGIN = """\
$ErrorActionPreference = 'Stop'
$until = (Get-Date).AddMinutes($WaitMinutes)
$broken = @{}
$failures = New-Object 'System.Collections.Generic.List[string]'
$open = New-Object 'System.Collections.Generic.List[string]'

$connected = [string] (Get-CsTenant -ErrorAction Stop).TenantId
if ($connected -ne $tenant) {
    throw "This script is for the tenant $tenant; you are connected to '$connected'. Nothing has been changed."
}
"""

FUNCTIONS = """\
function Add-Failure {
    param([string] $What, [string] $Why)
    $failures.Add("${What}: $Why")
    Write-Warning "${What}: $Why"
}

function Format-Settings {
    param([hashtable] $Settings)
    ($Settings.Keys | Sort-Object | ForEach-Object { "$_ = $($Settings[$_] -join ', ')" }) -join '; '
}

function Test-Safe {
    # Global and removals come last: with something before them undone, somebody could be left looser than he was.
    $DespiteFailures -or $WhatIfPreference -or ($failures.Count -eq 0 -and $open.Count -eq 0)
}

function Test-Broken {
    # Says whether one of these policies could not be put right: nobody may be given what rests on it.
    param([string[]] $Policies)
    @($Policies | Where-Object { $broken.ContainsKey($_) }).Count -gt 0
}

function Wait-Batch {
    # Waits until at most so many batches are open, or the time is up. Shows each account that a batch failed for.
    param([int] $AtMost)
    while ($open.Count -gt $AtMost -and -not $WhatIfPreference) {
        foreach ($id in @($open)) {
            try {
                $state = Get-CsBatchPolicyAssignmentOperation -OperationId $id -ErrorAction Stop
            } catch {
                Write-Warning "Batch ${id}: $($_.Exception.Message)"
                continue
            }
            $done = "$($state.CompletedCount) done, $($state.ErrorCount) of them failed"
            Write-Host "  $($state.OperationName): $($state.OverallStatus), $done"
            if ($state.OverallStatus -like 'Complete*') {
                [void] $open.Remove($id)
                foreach ($one in @($state.UserState | Where-Object { $_.Result -and $_.Result -ne 'Success' })) {
                    Add-Failure "account $($one.Id)" $one.Result
                }
            }
        }
        if ($open.Count -le $AtMost -or (Get-Date) -ge $until) {
            return
        }
        Start-Sleep -Seconds 30
    }
}

function Send-Batch {
    # At most three batches are open at a time, as Microsoft advises. One that was sent before is not sent again.
    param([string] $Type, [string] $Policy, [string] $Operation, [string[]] $Accounts)
    $what = "$Type $Policy"
    try {
        $known = @(Get-CsBatchPolicyAssignmentOperation -ErrorAction Stop)
        $sent = @($known | Where-Object { $_.OperationName -eq $Operation })
        if ($sent.Count -gt 0) {
            Write-Host "  ${Operation}: was sent before, and is not sent again"
            $open.Add([string] $sent[0].OperationId)
            return
        }
        Wait-Batch 2
        if ($PSCmdlet.ShouldProcess("$($Accounts.Count) accounts", "Assign $what")) {
            $batch = @{ PolicyType = $Type; PolicyName = $Policy; Identity = $Accounts; OperationName = $Operation }
            $made = @(New-CsBatchPolicyAssignmentOperation @batch -ErrorAction Stop)
            if ($made.Count -eq 0) {
                throw 'the service gave no id for the batch'
            }
            if ($made[0].PSObject.Properties['OperationId']) {
                $open.Add([string] $made[0].OperationId)
            } else {
                $open.Add([string] $made[0])
            }
        }
    } catch {
        Add-Failure $what "not given to $($Accounts.Count) accounts: $($_.Exception.Message)"
    }
}
"""

LEFT_ALONE = "Left alone, since something before it failed or is not done yet: run this script again later."

END = """\
Write-Host ''
if ($open.Count -gt 0) {
    Write-Warning "$($open.Count) batches are not done yet. NotStarted for hours is common and decides nothing."
    Write-Host 'Run this script again later: it goes on with these batches, and does nothing twice.'
}
foreach ($failure in $failures) {
    Write-Host "  ! $failure"
}
Write-Host 'What the cmdlets say is not what is in effect. Now read the tenant: teamskit policies coverage'
if ($failures.Count -gt 0) {
    throw "$($failures.Count) things failed; they are listed above."
}
# When this has run, in the school folder, today and again tomorrow:
#   teamskit policies coverage
"""
